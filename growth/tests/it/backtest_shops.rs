//! The bands over many made-up shops: a band that says 80% has to hold four times in five, not only where it was tuned.
//!
//! The shops come from integers alone: buyers by weekday, buyers who come back, a few large orders among many small ones, refunds, and
//! mild trends up and down. The seeds here were not used while the method was chosen.

use chrono::{Days, NaiveDate};
use xiaoer_growth::backtest::{Backtest, BacktestWish, backtest};
use xiaoer_growth::forecast::Basis;
use xiaoer_growth::{Event, EventKind, Fen, Industry, Ledger, Points};

use crate::build::{all_known, candidate};

/// Days of a made-up shop's life.
const LIFE: u64 = 260;
/// Days of it that are history before the first forecast.
const SEEN: u64 = 100;
/// Chances are of so many.
const WHOLE: u64 = 1000;

/// A generator of numbers that are the same on every machine (xorshift, by Marsaglia).
struct Dice(u64);

impl Dice {
    fn of(seed: u64) -> Dice {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        (0..16).for_each(|_| {
            dice.roll(2);
        });
        dice
    }

    /// A number below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) % sides.max(1)
    }

    /// How often a rare thing happens where it happens `mean` / `WHOLE` times on average.
    fn times(&mut self, mean: u64) -> u64 {
        // Twenty chances a unit are close enough to a Poisson number.
        let chances = (mean / WHOLE + 1) * 20;
        (0..chances).filter(|_| self.roll(WHOLE * chances) < mean).count() as u64
    }

    /// Fen: mostly small, now and then large; a coin is thrown for each doubling.
    fn amount(&mut self, usual: u64) -> i64 {
        let mut amount = usual / 2 + self.roll(usual);
        while self.roll(10) < 3 && amount < usual * 64 {
            amount *= 2;
        }
        amount as i64
    }
}

/// The ways of one shop.
struct Ways {
    /// New buyers a day, in thousandths, by weekday.
    new_buyers: [u64; 7],
    /// Chance of an old buyer's visit for every new one, in thousandths.
    returning: u64,
    /// Fen of a usual order.
    usual: u64,
    /// Refunds of so many orders in a thousand.
    refunds: u64,
    /// Growth over the whole life, in thousandths; below zero for decline.
    trend: i64,
}

impl Ways {
    fn of(dice: &mut Dice) -> Ways {
        let mean = 1500 + dice.roll(18_000);
        let mut new_buyers = [0; 7];
        for day in &mut new_buyers {
            *day = mean * (600 + dice.roll(800)) / WHOLE;
        }
        if dice.roll(3) == 0 {
            new_buyers[6] = 0;
        }
        Ways {
            new_buyers,
            returning: dice.roll(900),
            usual: 20_000 + dice.roll(150_000),
            refunds: dice.roll(60),
            trend: dice.roll(600) as i64 - 300,
        }
    }
}

fn first() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 6, 24).expect("a date")
}

fn on(day: u64) -> NaiveDate {
    first().checked_add_days(Days::new(day)).expect("a date")
}

fn event(day: u64, id: String, kind: EventKind) -> Event {
    Event { at: on(day).and_hms_opt(12, 0, 0).expect("noon"), id, kind }
}

fn shop(seed: u64) -> Ledger {
    let mut dice = Dice::of(seed);
    let ways = Ways::of(&mut dice);
    let (mut ledger, mut buyers, mut orders) = (Ledger::new(), 0, 0_u64);
    for day in 0..LIFE {
        let level = (WHOLE as i64 + ways.trend * day as i64 / LIFE as i64) as u64;
        let new = dice.times(ways.new_buyers[day as usize % 7] * level / WHOLE);
        let old = if buyers == 0 { 0 } else { dice.times(new * ways.returning) };
        for visit in 0..new + old {
            let buyer = if visit < new { buyers + visit } else { dice.roll(buyers) };
            let amount = Fen(dice.amount(ways.usual));
            let id = format!("o{orders}");
            orders += 1;
            let kind = EventKind::Order {
                buyer: (dice.roll(20) > 0).then(|| format!("b{buyer}")),
                amount,
                marketing: Some(false),
                scene: Some(false),
                valid: true,
            };
            ledger.push(event(day, id.clone(), kind)).expect("an order");
            if dice.roll(WHOLE) < ways.refunds {
                let kind = EventKind::Refund { order: Some(id.clone()), buyer: None, amount, scene: None, valid: true };
                ledger.push(event(day + dice.roll(12), format!("r{id}"), kind)).expect("a refund");
            }
        }
        buyers += new;
    }
    ledger
}

fn tried(seed: u64) -> Backtest {
    let (ledger, inputs) = (shop(seed), all_known());
    let basis = Basis { pack: candidate(), industry: Industry::Consumer, ledger: &ledger, inputs: &inputs };
    let wish = BacktestWish { paths: 200, ..BacktestWish::between(on(SEEN), on(LIFE - 1)) };
    backtest(&basis, &wish)
}

/// Standard error of a pooled share, in per mille: whole shops are drawn, because the days of one shop depend on each other.
fn error_over_shops(shops: &[(u64, u64)]) -> u64 {
    let mut dice = Dice::of(11);
    let share = |dice: &mut Dice| {
        let drawn = (0..shops.len()).map(|_| shops[dice.roll(shops.len() as u64) as usize]);
        let (hits, of) = drawn.fold((0, 0), |(hits, of), shop| (hits + shop.0, of + shop.1));
        hits * WHOLE / of
    };
    let shares: Vec<u64> = (0..1000).map(|_| share(&mut dice)).collect();
    let mean = shares.iter().sum::<u64>() / 1000;
    (shares.iter().map(|share| share.abs_diff(mean).pow(2)).sum::<u64>() / 1000).isqrt()
}

#[test]
fn bands_of_ten_to_ninety_hold_four_times_in_five_over_fifty_shops() {
    let found: Vec<Backtest> = (1..=50).map(tried).collect();
    for (at, days) in [7, 14].into_iter().enumerate() {
        let results: Vec<_> = found.iter().map(|shop| &shop.horizons[at]).collect();
        assert!(results.iter().all(|result| result.days == days && result.origins > 100 && result.skipped == 0));
        let shops: Vec<(u64, u64)> =
            results.iter().map(|result| (result.coverage.held.hits.into(), result.coverage.held.of.into())).collect();
        let (hits, of) = shops.iter().fold((0, 0), |(hits, of), shop| (hits + shop.0, of + shop.1));
        let width = results.iter().map(|result| result.coverage.width.micro()).sum::<i64>() / 50;
        let (share, error) = (hits * WHOLE / of, error_over_shops(&shops));
        eprintln!(
            "{days} days, 50 shops, {of} origins: coverage {}.{}% ± {}.{}, mean width {} points",
            share / 10,
            share % 10,
            error / 10,
            error % 10,
            Points::from_micro(width).to_decimal().round_dp(1)
        );
        assert!((760..=840).contains(&share), "{days} days: {share} per mille");
    }
}
