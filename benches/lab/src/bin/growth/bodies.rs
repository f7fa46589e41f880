use siohook_benches::measure::{Rounds, nanos};
use siohook_benches::{Case, Subject, bodies};
use siohook_lab::{full_or_brief, list, row};

/// The last body is at the limit. It may get a little longer, so its minimum is below.
const BYTES: [usize; 3] = [300, 16 << 10, (1 << 20) - 128];

/// The number of bytes that are handled between two readings of the clock.
const BATCH_BYTES: usize = 64 << 10;

// Numbers of the subjects.
const BY_HAND: usize = 0;
const SIOHOOK: usize = 1;

pub(crate) fn measure() {
    let texts = BYTES.map(tag_of);
    let measured = texts.each_ref().map(|body| both(body));
    let micros = |subject: usize| {
        let medians = measured
            .each_ref()
            .map(|rounds| rounds.of(subject).median());
        list(medians.map(|nanos| format!("{:.1}", nanos / 1e3)))
    };
    let ratios = measured
        .each_ref()
        .map(|rounds| rounds.ratio(SIOHOOK, BY_HAND).median());
    row(
        &format!("a tag, µs, at {} B", list(texts.map(|body| body.len()))),
        &micros(SIOHOOK),
        &format!("by hand: {}", micros(BY_HAND)),
        &list(ratios.map(|ratio| format!("{ratio:.2}"))),
        "the last is the limit, 1 MiB",
    );
}

fn both(body: &str) -> Rounds<2> {
    let case = Case::account("tag", "CONTACT_TAG_ADDED", body);
    let subjects = [Subject::by_hand(), Subject::siohook(10_000)];
    let batch = (BATCH_BYTES / body.len()).max(1) as u64;
    let mut number = 0;
    Rounds::measure(full_or_brief(200, 2), |subject| {
        let numbers = number..number + batch;
        number = numbers.end;
        let requests: Vec<_> = numbers.map(|number| case.request(number)).collect();
        nanos(requests.iter(), |request| subjects[subject].handle(request))
    })
}

/// A tag of at least this many bytes, filled up with fields.
fn tag_of(bytes: usize) -> String {
    let body = bodies::tag();
    let (before, after) = body.split_once("}],").expect("it has one field");
    let mut longer = format!("{before}}}");
    for number in 0.. {
        if longer.len() + after.len() + 2 >= bytes {
            break;
        }
        let value = format!(r#""value":"\u00e9t\u00e9 {number}""#);
        let names = format!(r#""fieldName":"Champ {number}","slug":"champ_{number}""#);
        longer.extend([",{", &names, ",", &value, "}"]);
    }
    longer + "]," + after
}

#[cfg(test)]
mod tests {
    use siohook::account::ContactTagAdded;

    use super::*;

    #[test]
    fn long_bodies_have_the_requested_length() {
        for bytes in [1000, 1 << 20] {
            let body = tag_of(bytes);
            assert!((bytes..bytes + 100).contains(&body.len()), "{}", body.len());
            serde_json::from_str::<ContactTagAdded>(&body).unwrap();
        }
    }

    #[test]
    fn long_bodies_are_handled() {
        let long = Case::account("long", "CONTACT_TAG_ADDED", &tag_of(100_000));
        Subject::siohook(1).handle(&long.request(1));
        Subject::by_hand().handle(&long.request(1));
        Subject::with_memory(1).handle(&long.request(1));
    }
}
