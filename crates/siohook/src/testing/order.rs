//! The orders in which deliveries may arrive. systeme.io promises none.

/// Every order of the items, the given one first: 2 for two of them, 6 for three,
/// 24 for four.
///
/// ```standalone_crate
/// use siohook::testing::{Sample, TestDispatcher, block_on, orders};
/// # #[siohook::on_event("*")]
/// # fn audit() {}
///
/// let sale = Sample::of("SALE_NEW");
/// let cancellation = Sample::of("SALE_CANCELED");
/// for order in orders([sale, cancellation]) {
///     let dispatcher = TestDispatcher::builder().build();
///     block_on(dispatcher.send_each(order));
///     // … and the state is the same in the end.
/// }
/// ```
pub fn orders<T: Clone>(items: impl IntoIterator<Item = T>) -> impl Iterator<Item = Vec<T>> {
    let mut next = Some(items.into_iter().enumerate().collect::<Vec<_>>());
    std::iter::from_fn(move || {
        let order = next.take()?;
        let mut following = order.clone();
        if advance(&mut following) {
            next = Some(following);
        }
        Some(order.into_iter().map(|(_, item)| item).collect())
    })
}

/// The next order by the numbers, if it was not the last one.
fn advance<T>(order: &mut [(usize, T)]) -> bool {
    let Some(pivot) = (1..order.len())
        .rev()
        .find(|&at| order[at - 1].0 < order[at].0)
    else {
        return false;
    };
    let number = order[pivot - 1].0;
    let larger = order[pivot..]
        .iter()
        .rposition(|(other, _)| *other > number);
    if let Some(larger) = larger {
        order.swap(pivot - 1, pivot + larger);
    }
    order[pivot..].reverse();
    true
}

/// The items in an order that the seed decides: the same on every run.
///
/// ```
/// use siohook::testing::shuffled;
///
/// assert_eq!(shuffled(0..5, 7), shuffled(0..5, 7));
/// assert_ne!(shuffled(0..50, 7), shuffled(0..50, 8));
/// ```
#[must_use]
pub fn shuffled<T>(items: impl IntoIterator<Item = T>, seed: u64) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    let mut state = seed;
    for last in (1..items.len()).rev() {
        let places = u64::try_from(last + 1).unwrap_or(u64::MAX);
        let place = usize::try_from(split_mix(&mut state) % places).unwrap_or(last);
        items.swap(last, place);
    }
    items
}

/// `SplitMix64`, by Sebastiano Vigna, in the public domain:
/// <https://prng.di.unimi.it/splitmix64.c>.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
