//! Sums of a window and the standing of its buyers, kept so that one event or one day can be added or taken away.
//!
//! It holds no events: whoever drives it hands in the ledger they stand in. It knows no rates: it counts, in integers.

use std::hint::black_box;

use crate::counting::{Counting, Left};
use crate::ledger::Ledger;
use crate::rows::{Answer, LooseRefund, OrderRow, Person};
use crate::tally::{Sums, first_day};

/// One buyer in the window.
#[derive(Clone, Copy, Debug, Default)]
struct Buyer {
    balance: i64,
    marketing_orders: i32,
    unknown_orders: i32,
}

impl Buyer {
    const fn counts(self) -> bool {
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

    /// An order of which nothing is left no longer shows that 数字营销 brought its buyer.
    fn order(&mut self, order: &OrderRow, supports: i64, step: Step) {
        self.balance += step.of(supports);
        let shows = |answer| i32::from(order.marketing == answer && supports > 0);
        self.marketing_orders += step.count(shows(Answer::Yes));
        self.unknown_orders += step.count(shows(Answer::Unknown));
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Step {
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

    const fn count(self, count: i32) -> i32 {
        match self {
            Step::Add => count,
            Step::Take => -count,
        }
    }
}

/// The sums of the window that ends with a day, as they look on it: refunds made later are not known yet.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    counting: Counting,
    as_of: i32,
    buyers: Vec<Buyer>,
    sums: Sums,
}

impl Running {
    /// Sums the window that ends with `as_of`.
    pub(crate) fn window(ledger: &Ledger, as_of: i32, counting: Counting) -> Running {
        let buyers = vec![Buyer::default(); ledger.people()];
        let mut running = Running { counting, as_of, buyers, sums: Sums::default() };
        for day in first_day(as_of, counting.days())..=as_of {
            running.fill(ledger, day);
        }
        for buyer in &running.buyers {
            running.sums.buyer(buyer.standing(), 1);
        }
        running
    }

    /// Adds a day to a window that is being summed. Who counts is asked once at the end: in between, most buyers would
    /// change their standing for nothing.
    fn fill(&mut self, ledger: &Ledger, day: i32) {
        let Some(rows) = ledger.day(day) else { return };
        for order in &rows.orders {
            let left = ledger.left(order, self.as_of, self.counting);
            self.sums.order(order, left, Step::Add);
            if let Some(buyer) = supported(order).and_then(|person| self.buyers.get_mut(person as usize)) {
                buyer.order(order, left.supports, Step::Add);
            }
        }
        for refund in &rows.refunds {
            self.sums.loose(refund, Step::Add);
            if let Some(buyer) = refund.buyer.and_then(|person| self.buyers.get_mut(person as usize)) {
                buyer.balance -= refund.amount.0;
            }
        }
        for asked in rows.asked.values() {
            self.sums.asked(asked.marketing, Step::Add);
        }
    }

    pub(crate) const fn sums(&self) -> &Sums {
        &self.sums
    }

    pub(crate) const fn as_of(&self) -> i32 {
        self.as_of
    }

    pub(crate) const fn counting(&self) -> Counting {
        self.counting
    }

    pub(crate) fn holds(&self, day: i32) -> bool {
        (first_day(self.as_of, self.counting.days())..=self.as_of).contains(&day)
    }

    pub(crate) fn buyer_counts(&self, person: Person) -> bool {
        self.buyers.get(person as usize).copied().is_some_and(Buyer::counts)
    }

    /// Reads a buyer and changes nothing.
    pub(crate) fn glance(&self, person: Person) {
        black_box(self.buyers.get(person as usize).map(|buyer| buyer.balance));
    }

    /// Makes room for people who have just become known.
    pub(crate) fn grow(&mut self, people: usize) {
        if people > self.buyers.len() {
            self.buyers.resize(people, Buyer::default());
        }
    }

    /// Adds or takes away a whole day.
    pub(crate) fn day(&mut self, ledger: &Ledger, day: i32, step: Step) {
        let Some(rows) = ledger.day(day) else { return };
        for order in &rows.orders {
            self.order(order, ledger.left(order, self.as_of, self.counting), step);
        }
        for refund in &rows.refunds {
            self.loose(refund, step);
        }
        for asked in rows.asked.values() {
            self.sums.asked(asked.marketing, step);
        }
    }

    /// Adds or takes away an order of which this much is left.
    pub(crate) fn order(&mut self, order: &OrderRow, left: Left, step: Step) {
        self.sums.order(order, left, step);
        if let Some(person) = supported(order) {
            self.change(person, |buyer| buyer.order(order, left.supports, step));
        }
    }

    /// Adds or takes away a refund that names no order.
    pub(crate) fn loose(&mut self, refund: &LooseRefund, step: Step) {
        self.sums.loose(refund, step);
        if let Some(person) = refund.buyer {
            self.change(person, |buyer| buyer.balance -= step.of(refund.amount.0));
        }
    }

    /// One person's inquiries of one day are now known as this.
    pub(crate) fn asked(&mut self, before: Option<Answer>, after: Answer) {
        if let Some(before) = before {
            self.sums.asked(before, Step::Take);
        }
        self.sums.asked(after, Step::Add);
    }

    /// Moves the window on to a later day: days leave and enter, and refunds made in between begin to count for the
    /// orders that stay.
    pub(crate) fn advance(&mut self, ledger: &Ledger, to: i32) {
        let (was, days) = (self.as_of, self.counting.days());
        let (oldest, stays) = (first_day(was, days), first_day(to, days));
        for day in oldest..stays.min(was + 1) {
            self.day(ledger, day, Step::Take);
        }
        for (day, order) in ledger.undone_on(was + 1..=to) {
            if (stays..=was).contains(&day) {
                self.order(order, ledger.left(order, was, self.counting), Step::Take);
                self.order(order, ledger.left(order, to, self.counting), Step::Add);
            }
        }
        self.as_of = to;
        for day in stays.max(was + 1)..=to {
            self.day(ledger, day, Step::Add);
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
            self.sums.buyer(before, -1);
            self.sums.buyer(after, 1);
        }
    }
}

/// The buyer whose balance an order raises.
const fn supported(order: &OrderRow) -> Option<Person> {
    if order.valid { order.buyer } else { None }
}

impl Sums {
    fn order(&mut self, order: &OrderRow, left: Left, step: Step) {
        if !order.valid {
            self.excluded += step.of(1);
            return;
        }
        let net = step.of(left.turnover);
        // Sums without branches: nobody can guess an order's answers, and a wrong guess costs more than the sum.
        let when = |holds: bool| if holds { net } else { 0 };
        self.orders += step.of(1);
        self.turnover += net;
        self.refunded += step.of(order.amount.0) - net;
        self.scene += when(order.scene == Answer::Yes);
        self.scene_marketing += when(order.scene == Answer::Yes && order.marketing == Answer::Yes);
        self.scene_unknown += when(order.scene == Answer::Unknown);
        self.orders_without_buyer += step.of(i64::from(order.buyer.is_none()));
    }

    fn loose(&mut self, refund: &LooseRefund, step: Step) {
        let amount = step.of(refund.amount.0);
        self.turnover -= amount;
        self.refunded += amount;
        if refund.scene {
            self.scene -= amount;
        }
    }

    fn asked(&mut self, marketing: Answer, step: Step) {
        let one = step.of(1);
        self.inquiries += one;
        match marketing {
            Answer::Yes => self.marketing_inquiries += one,
            Answer::Unknown => self.marketing_inquiries_unknown += one,
            Answer::No => {}
        }
    }

    fn buyer(&mut self, standing: Option<Answer>, by: i64) {
        let Some(marketing) = standing else { return };
        self.buyers += by;
        match marketing {
            Answer::Yes => self.marketing_buyers += by,
            Answer::Unknown => self.marketing_buyers_unknown += by,
            Answer::No => {}
        }
    }
}
