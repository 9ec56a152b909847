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

    /// What the buyer adds to the counts of buyers: counts, counts by 数字营销, perhaps does. Without branches: nobody can
    /// guess whether an order changes its buyer.
    const fn standing(self) -> [i64; 3] {
        let counts = self.counts() as i64;
        let marketing = counts & (self.marketing_orders > 0) as i64;
        let unknown = counts & (self.unknown_orders > 0) as i64 & (marketing ^ 1);
        [counts, marketing, unknown]
    }

    /// An order of which nothing is left no longer shows that 数字营销 brought its buyer.
    fn order(&mut self, Support { amount, marketing, .. }: Support, step: Step) {
        self.balance += step.of(amount);
        let shows = |answer| i32::from(marketing == answer && amount > 0);
        self.marketing_orders += step.count(shows(Answer::Yes));
        self.unknown_orders += step.count(shows(Answer::Unknown));
    }
}

/// What an order does for its buyer.
#[derive(Clone, Copy)]
struct Support {
    person: Person,
    amount: i64,
    marketing: Answer,
}

impl Support {
    const NONE: Support = Support { person: 0, amount: 0, marketing: Answer::No };

    /// None for an order that does not count or has no buyer.
    fn of(order: &OrderRow, left: Left) -> Option<Support> {
        let person = if order.valid { order.buyer } else { None };
        person.map(|person| Support { person, amount: left.supports, marketing: order.marketing })
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

/// Orders that are summed before their buyers are looked at: the buyers stand anywhere in memory, and reads that wait for
/// nothing but themselves run side by side.
const BLOCK: usize = 64;

/// The sums of the window that ends with a day, as they look on it: refunds made later are not known yet.
#[derive(Clone, Debug)]
pub(crate) struct Running {
    counting: Counting,
    as_of: i32,
    buyers: Vec<Buyer>,
    sums: Sums,
}

/// What summing a window has shown on its way.
pub(crate) struct Passed {
    /// What the newest days hold alone: none of them, one, two, and so on to the whole window. That is also what is left
    /// of the window once all older days have gone.
    pub(crate) newest: Vec<Sums>,
    /// Numbers of the orders that do not count.
    pub(crate) excluded: Vec<u32>,
}

impl Running {
    /// Sums the window that ends with `as_of`, the newest day first: so one pass gives every later day's loss too.
    pub(crate) fn window(ledger: &Ledger, as_of: i32, counting: Counting) -> (Running, Passed) {
        let buyers = vec![Buyer::default(); ledger.people()];
        let mut running = Running { counting, as_of, buyers, sums: Sums::default() };
        let mut passed = Passed { newest: vec![running.sums], excluded: Vec::new() };
        for day in (first_day(as_of, counting.days())..=as_of).rev() {
            running.add_day(ledger, day, &mut passed.excluded);
            passed.newest.push(running.sums);
        }
        (running, passed)
    }

    fn add_day(&mut self, ledger: &Ledger, day: i32, excluded: &mut Vec<u32>) {
        let Some(rows) = ledger.day(day) else { return };
        for block in rows.orders.chunks(BLOCK) {
            ledger.touch_undos(block);
            let mut supports = [Support::NONE; BLOCK];
            let mut count = 0;
            for order in block {
                let left = ledger.left(order, self.as_of, self.counting);
                self.sums.order(order, left, Step::Add);
                let support = Support::of(order, left);
                supports[count] = support.unwrap_or(Support::NONE);
                count += usize::from(support.is_some());
                if !order.valid {
                    excluded.push(order.number);
                }
            }
            // First all reads, then what hangs on them: a wrong guess about one buyer must not hold up the next.
            let seen = supports[..count].iter().filter_map(|support| self.buyers.get(support.person as usize));
            black_box(seen.fold(0, |all, buyer| all ^ buyer.balance));
            for support in &supports[..count] {
                self.change(support.person, |buyer| buyer.order(*support, Step::Add));
            }
        }
        for refund in &rows.refunds {
            self.loose(refund, Step::Add);
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
    fn day(&mut self, ledger: &Ledger, day: i32, step: Step) {
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
        if let Some(support) = Support::of(order, left) {
            self.change(support.person, |buyer| buyer.order(support, step));
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
        self.sums.buyer(before, buyer.standing());
    }
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

    fn buyer(&mut self, before: [i64; 3], after: [i64; 3]) {
        self.buyers += after[0] - before[0];
        self.marketing_buyers += after[1] - before[1];
        self.marketing_buyers_unknown += after[2] - before[2];
    }
}
