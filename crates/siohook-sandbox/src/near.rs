//! Names that are meant.

use strsim::osa_distance;

/// The most similar name, if one is similar.
pub(crate) fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let tolerance = name.chars().count().max(3) / 3;
    let folded = name.to_lowercase();
    let ranked = names.into_iter().filter_map(|candidate| {
        let distance = osa_distance(&folded, &candidate.to_lowercase());
        (distance <= tolerance).then_some((distance, candidate))
    });
    ranked.min().map(|(_, candidate)| candidate)
}
