//! The sums of a run of days, kept so that one day can be added or taken away.
//!
//! Taking days away from the old end is what time does when nothing new happens: the score, the drop-out table and,
//! later, the forecast's carry-over are all this one structure. It knows no rates: it counts, in integers.

use crate::ledger::Ledger;
use crate::points::Fen;
use crate::rows::{Answer, DayRows, Person};

/// What a window holds. All counts are of the window; signed so that days can be taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) orders: i64,
    pub(crate) orders_without_buyer: i64,
    pub(crate) excluded: i64,
    pub(crate) turnover: i64,
    pub(crate) refunded: i64,
    pub(crate) scene: i64,
    /// Of `scene`, made by orders that 数字营销 brought for certain.
    pub(crate) scene_marketing: i64,
    pub(crate) scene_unknown: i64,
    pub(crate) buyers: i64,
    pub(crate) marketing_buyers: i64,
    pub(crate) marketing_buyers_unknown: i64,
    pub(crate) inquiries: i64,
    pub(crate) marketing_inquiries: i64,
    pub(crate) marketing_inquiries_unknown: i64,
}

/// One buyer in the window.
#[derive(Clone, Copy, Debug, Default)]
struct Buyer {
    balance: i64,
    marketing_orders: u32,
    unknown_orders: u32,
}

impl Buyer {
    pub(crate) const fn counts(self) -> bool {
        self.balance > 0
    }

    const fn standing(self) -> Option<Answer> {
        if !self.counts() {
            return None;
        }
        Some(match (self.marketing_orders, self.unknown_orders) {
            (0, 0) => Answer::No,
            (0, _) => Answer::Unknown,
            _ => Answer::Yes,
        })
    }
}

#[derive(Clone, Copy)]
enum Step {
    Add,
    Take,
}

impl Step {
    const fn of(self, amount: i64) -> i64 {
        match self {
            Step::Add => amount,
            Step::Take => -amount,
        }
    }

    const fn count(self, count: u32) -> u32 {
        match self {
            Step::Add => count + 1,
            Step::Take => count.saturating_sub(1),
        }
    }
}

/// The sums of some days of a ledger, as they look on one day: refunds made later are not known yet.
pub(crate) struct Tally<'a> {
    ledger: &'a Ledger,
    as_of: i32,
    buyers: Vec<Buyer>,
    sums: Sums,
}

impl<'a> Tally<'a> {
    /// The window of `days` days that ends with `as_of`.
    pub(crate) fn window(ledger: &'a Ledger, as_of: i32, days: i32) -> Tally<'a> {
        let buyers = vec![Buyer::default(); ledger.people()];
        let mut tally = Tally { ledger, as_of, buyers, sums: Sums::default() };
        for day in first_day(as_of, days)..=as_of {
            tally.step(day, Step::Add);
        }
        tally
    }

    pub(crate) const fn sums(&self) -> &Sums {
        &self.sums
    }

    /// Takes a day that is in the tally away again.
    pub(crate) fn take_day(&mut self, day: i32) {
        self.step(day, Step::Take);
    }

    pub(crate) fn buyer_counts(&self, person: Person) -> bool {
        self.buyers.get(person as usize).copied().is_some_and(Buyer::counts)
    }

    fn step(&mut self, day: i32, step: Step) {
        let ledger = self.ledger;
        let Some(rows) = ledger.day(day) else { return };
        self.step_orders(rows, step);
        for refund in &rows.refunds {
            self.sums.turnover -= step.of(refund.amount.0);
            self.sums.refunded += step.of(refund.amount.0);
            if refund.scene {
                self.sums.scene -= step.of(refund.amount.0);
            }
            if let Some(person) = refund.buyer {
                self.change(person, |buyer| buyer.balance -= step.of(refund.amount.0));
            }
        }
        for asked in rows.asked.values() {
            self.sums.inquiries += step.of(1);
            match asked.marketing {
                Answer::Yes => self.sums.marketing_inquiries += step.of(1),
                Answer::Unknown => self.sums.marketing_inquiries_unknown += step.of(1),
                Answer::No => {}
            }
        }
    }

    fn step_orders(&mut self, rows: &DayRows, step: Step) {
        let ledger = self.ledger;
        for (index, order) in ledger.orders_of(rows) {
            if !order.valid {
                self.sums.excluded += step.of(1);
                continue;
            }
            let Fen(net) = ledger.net(index, order, self.as_of);
            self.sums.orders += step.of(1);
            self.sums.turnover += step.of(net);
            self.sums.refunded += step.of(order.amount.0 - net);
            match order.scene {
                Answer::Yes => {
                    self.sums.scene += step.of(net);
                    if order.marketing == Answer::Yes {
                        self.sums.scene_marketing += step.of(net);
                    }
                }
                Answer::Unknown => self.sums.scene_unknown += step.of(net),
                Answer::No => {}
            }
            let Some(person) = order.buyer else {
                self.sums.orders_without_buyer += step.of(1);
                continue;
            };
            self.change(person, |buyer| {
                buyer.balance += step.of(net);
                // An order that was refunded in full no longer shows that 数字营销 brought its buyer.
                match order.marketing {
                    Answer::Yes if net > 0 => {
                        buyer.marketing_orders = step.count(buyer.marketing_orders);
                    }
                    Answer::Unknown if net > 0 => {
                        buyer.unknown_orders = step.count(buyer.unknown_orders);
                    }
                    _ => {}
                }
            });
        }
    }

    /// Changes one buyer and keeps the counts of buyers in step.
    fn change(&mut self, person: Person, change: impl FnOnce(&mut Buyer)) {
        let Some(buyer) = self.buyers.get_mut(person as usize) else {
            return;
        };
        let before = buyer.standing();
        change(buyer);
        let after = buyer.standing();
        if before != after {
            self.sums.count(before, -1);
            self.sums.count(after, 1);
        }
    }
}

impl Sums {
    fn count(&mut self, standing: Option<Answer>, by: i64) {
        let Some(marketing) = standing else { return };
        self.buyers += by;
        match marketing {
            Answer::Yes => self.marketing_buyers += by,
            Answer::Unknown => self.marketing_buyers_unknown += by,
            Answer::No => {}
        }
    }
}

/// First day of a window.
pub(crate) const fn first_day(as_of: i32, days: i32) -> i32 {
    as_of - days + 1
}
