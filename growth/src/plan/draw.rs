//! What a lever really brings on each simulated path, drawn from a seed.
//!
//! A lever's draws depend on the seed, the lever's id and the path alone. So the same lever brings the same on the
//! same path in every set it is tried in, and a slider shows what the plan counted.

use super::lever::{Lever, WHOLE};

/// Points of one unit on each path, in millionths.
///
/// A mark is granted or not. Everything else is spread around the expectation in a triangle: near it is likelier than
/// far from it, and nothing lies further off than `spread`.
pub(crate) fn per_path(lever: &Lever, points: i64, paths: usize, seed: u64) -> Vec<i64> {
    let expected = lever.learned(points);
    if lever.spread == 0 {
        return vec![expected; paths];
    }
    let key = mix(seed ^ name(&lever.id));
    let spread = u64::from(lever.spread.min(WHOLE));
    let half = i64::try_from(spread).unwrap_or(0);
    (0..paths as u64)
        .map(|path| {
            let drawn = mix(key.wrapping_add(path.wrapping_mul(GOLDEN)));
            if lever.is_mark() {
                let granted = (drawn >> 32) % 1000 >= spread;
                return if granted { expected } else { 0 };
            }
            let two = (drawn >> 32) % (spread + 1) + (drawn & 0xffff_ffff) % (spread + 1);
            let factor = 1000 - half + i64::try_from(two).unwrap_or(0);
            wide(expected, factor)
        })
        .collect()
}

/// Expected points of one unit on the day, in millionths.
pub(crate) fn expected(lever: &Lever, points: i64) -> i64 {
    let learned = lever.learned(points);
    if lever.is_mark() { wide(learned, i64::from(WHOLE - lever.spread.min(WHOLE))) } else { learned }
}

fn wide(amount: i64, per_mille: i64) -> i64 {
    i64::try_from(i128::from(amount) * i128::from(per_mille) / 1000).unwrap_or(i64::MAX)
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finaliser of splitmix64: neighbouring numbers come out far apart.
const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(GOLDEN);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// FNV-1a: an id as a number that is the same on every machine.
fn name(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
