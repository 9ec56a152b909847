//! Draws by number: the same seed and the same place always give the same draw, in whatever order they are asked for.
//!
//! No generator of the system is behind it: a forecast that changed from one look to the next could not be trusted or checked.

/// A well-mixed number for a place (SplitMix64 by Steele, Lea and Flood).
const fn mixed(seed: u64, place: u64) -> u64 {
    let mut bits = seed.wrapping_add(place.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// One of the positions below `count`, all equally likely; zero where there is none.
pub(crate) fn below(seed: u64, place: u64, count: usize) -> usize {
    // The high half of the product is below `count`, so it is a position again.
    let wide = u128::from(mixed(seed, place)) * count as u128;
    usize::try_from(wide >> 64).unwrap_or(0)
}
