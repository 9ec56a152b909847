//! Pseudo-random numbers that depend on nothing but a seed, a label and a number.
//! Not a library's generator: a library may change its values with a release, and a shop's past must stay as it was.

/// One stream of numbers (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    /// The stream of one thing: `label` says what kind, `number` which one.
    pub(crate) fn of(seed: u64, label: &str, number: i64) -> Self {
        let start = label
            .bytes()
            .fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut dice = Self(start ^ number.cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15));
        dice.next();
        dice
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = high.abs_diff(low) + 1;
        let share = (u128::from(self.next()) * u128::from(span)) >> 64;
        low + i64::try_from(share).unwrap_or(0)
    }

    pub(crate) fn percent(&mut self, chance: i64) -> bool {
        self.between(0, 99) < chance
    }

    /// One of `items`, which must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let last = i64::try_from(items.len()).unwrap_or(1) - 1;
        &items[usize::try_from(self.between(0, last)).unwrap_or(0)]
    }

    /// A position, likelier where the weight is greater.
    pub(crate) fn weighted(&mut self, weights: impl Iterator<Item = i64> + Clone) -> usize {
        let total: i64 = weights.clone().sum();
        let mut left = self.between(1, total.max(1));
        for (position, weight) in weights.enumerate() {
            left -= weight;
            if left <= 0 {
                return position;
            }
        }
        0
    }
}

/// A stable text digest: `len` hex digits that belong to `text`.
pub(crate) fn digest(text: &str, len: usize) -> String {
    let mut dice = Dice::of(0, text, 0);
    let mut hex = String::with_capacity(len + 16);
    while hex.len() < len {
        hex.push_str(&format!("{:016x}", dice.next()));
    }
    hex.truncate(len);
    hex
}
