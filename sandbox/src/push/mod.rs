//! Messages about what happens in the shops: what they say (`news`), which are still unconfirmed (`inbox`), and the
//! callback that brings them (`sender`). The WebSocket channel is left out; what is unconfirmed can be pulled.
//!
//! Delivery is at least once and in no order, as on the platform, so a message says only that something changed.
//! Message times are the sandbox's, waits between attempts are real time.

mod inbox;
mod news;
pub(crate) mod sender;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::clock::Moment;
use crate::world::{Shop, World};
pub(crate) use inbox::{Inbox, Message};
use news::News;
pub(crate) use news::Sight;

/// Longest pause between two attempts, in milliseconds.
const LONGEST_PAUSE: u64 = 60_000;

/// Where messages go, and how badly. Every field may be left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PushOptions {
    /// The app's callback, `http://…`; none: messages only wait to be pulled.
    pub url: Option<String>,
    /// How often each message comes once more than needed.
    pub duplicates: u32,
    /// What is due together comes newest first.
    pub reversed: bool,
    /// Milliseconds that each message is late.
    pub late_ms: u64,
    /// The pause after the first failure, in milliseconds; it doubles with each, up to a minute. 1,000 if 0.
    pub first_retry_ms: u64,
}

/// A message on its way.
#[derive(Debug, Clone)]
struct Delivery {
    message: Arc<Message>,
    due: Moment,
    failures: u32,
}

/// Everything about messages.
#[derive(Debug)]
pub(crate) struct Push {
    pub(crate) options: PushOptions,
    pub(crate) inbox: Inbox,
    queue: Vec<Delivery>,
    delivered: u64,
    /// Tells the sender that there is something new to send.
    wake: Arc<Notify>,
    /// Everything in the shops up to here has become messages.
    seen: Moment,
}

impl Push {
    /// `now` counts where the inbox remembers nothing: what happened before is no news.
    pub(crate) fn new(options: PushOptions, inbox: Inbox, now: Moment) -> Self {
        let seen = inbox.last_born().unwrap_or(now).min(now);
        Self { options, inbox, queue: Vec::new(), delivered: 0, wake: Arc::default(), seen }
    }

    pub(crate) fn time_passed(&mut self, world: &World, now: Moment) {
        if now <= self.seen {
            return;
        }
        let mut all: Vec<(&Shop, News)> = world
            .shops
            .iter()
            .flat_map(|shop| news::between(shop, self.seen, now).map(move |news| (shop, news)))
            .collect();
        all.sort_by_key(|(_, news)| news.at);
        self.seen = now;
        self.publish(all);
    }

    /// Of a change that was just made: what `shop` shows now and did not show before.
    pub(crate) fn changed(&mut self, shop: &Shop, before: &Sight, now: Moment) {
        let all = Sight::of(shop, now).since(before, shop, now).into_iter().map(|news| (shop, news)).collect();
        self.publish(all);
    }

    /// Messages about orders that are there already: `count` of them, `per_second` a second.
    pub(crate) fn burst(&mut self, shop: &Shop, (count, per_second): (u32, u32), (now, real): (Moment, Moment)) {
        let orders: Vec<News> = shop.orders_at(now).take(500).map(|view| news::again(&view, shop, now)).collect();
        for (number, news) in (0..i64::from(count)).zip(orders.into_iter().cycle()) {
            let message = self.inbox.put(shop, news);
            let due = Moment(real.0 + number * 1000 / i64::from(per_second.max(1)));
            self.enqueue(message, due);
        }
        self.inbox.keep();
    }

    fn publish(&mut self, all: Vec<(&Shop, News)>) {
        if all.is_empty() {
            return;
        }
        let due = self.first_due();
        for (shop, news) in all {
            let message = self.inbox.put(shop, news);
            self.enqueue(message, due);
        }
        self.inbox.keep();
    }

    fn enqueue(&mut self, message: Arc<Message>, due: Moment) {
        if self.options.url.is_none() {
            return;
        }
        for _ in 0..=self.options.duplicates {
            self.queue.push(Delivery { message: Arc::clone(&message), due, failures: 0 });
        }
        self.wake.notify_one();
    }

    fn first_due(&self) -> Moment {
        sender::real_now().plus(Duration::from_millis(self.options.late_ms))
    }

    /// New options; whatever is unconfirmed goes to a new address at once.
    pub(crate) fn set(&mut self, options: PushOptions) {
        self.options = options;
        self.queue.clear();
        let due = self.first_due();
        for message in self.inbox.unconfirmed().cloned().collect::<Vec<_>>() {
            self.enqueue(message, due);
        }
    }

    /// Confirmed by the app: neither pulled nor sent again.
    pub(crate) fn confirm(&mut self, ids: &[i64]) {
        self.inbox.confirm(ids);
        self.queue.retain(|delivery| !ids.contains(&delivery.message.id));
    }

    /// Takes at most `most` deliveries that are due.
    fn take_due(&mut self, real: Moment, most: usize) -> Vec<Delivery> {
        let (mut due, waiting): (Vec<_>, Vec<_>) = self.queue.drain(..).partition(|delivery| delivery.due <= real);
        if self.options.reversed {
            due.reverse();
        }
        let mut rest = due.split_off(due.len().min(most));
        if self.options.reversed {
            rest.reverse();
        }
        self.queue = [rest, waiting].concat();
        due
    }

    fn next_due(&self) -> Option<Moment> {
        self.queue.iter().map(|delivery| delivery.due).min()
    }

    fn settle(&mut self, mut delivery: Delivery, taken: bool, real: Moment) {
        if taken {
            self.delivered += 1;
            self.inbox.confirm(&[delivery.message.id]);
            return;
        }
        let first = if self.options.first_retry_ms == 0 { 1_000 } else { self.options.first_retry_ms };
        let pause = first.saturating_mul(1 << delivery.failures.min(16)).min(LONGEST_PAUSE);
        delivery.failures += 1;
        delivery.due = real.plus(Duration::from_millis(pause));
        self.queue.push(delivery);
    }

    /// For the admin page: deliveries that wait, deliveries that were taken.
    pub(crate) fn counts(&self) -> (usize, u64) {
        (self.queue.len(), self.delivered)
    }
}
