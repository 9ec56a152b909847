//! Deliveries: their own status, retries that survive a kill, one id for one letter.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use xiaoer::channel::delivery::of_run;
use xiaoer::channel::{Channel, Channels, Deliveries, Delivery, DeliveryError, DeliveryStatus, Letter};
use xiaoer::clock::Clock;
use xiaoer::db::{Db as _, SharedDb};

use crate::channel_letter::{ABOUT, report};
use crate::channel_webhook::{Receiver, Reply, webhook};
use crate::schedule_mortal::{Mortal, Strike};

/// A channel that answers as told and remembers the ids it was given.
#[derive(Default)]
struct Pen {
    answers: Mutex<Vec<Result<(), DeliveryError>>>,
    ids: Mutex<Vec<String>>,
}

#[async_trait::async_trait]
impl Channel for Pen {
    async fn deliver(&self, letter: &Letter) -> Result<(), DeliveryError> {
        self.ids.lock().expect("unpoisoned").push(letter.id.clone());
        tokio::task::yield_now().await;
        self.answers.lock().expect("unpoisoned").pop().unwrap_or(Ok(()))
    }
}

struct Post {
    db: Arc<Mortal>,
    pen: Arc<Pen>,
    clock: Clock,
}

fn noon() -> DateTime<Utc> {
    "2026-11-23T04:00:00Z".parse().expect("a time")
}

impl Post {
    fn new() -> Self {
        Self { db: Arc::new(Mortal::new()), pen: Arc::default(), clock: Clock::standing_at(noon()) }
    }

    fn answering(answers: &[Result<(), DeliveryError>]) -> Self {
        let post = Self::new();
        post.pen.answers.lock().expect("unpoisoned").extend(answers.iter().rev().cloned());
        post
    }

    fn deliveries(&self, channels: Channels) -> Deliveries {
        Deliveries::new(Arc::clone(&self.db) as SharedDb, self.clock.clone(), channels)
    }

    /// The pen under the name `group`.
    fn process(&self) -> Deliveries {
        self.deliveries(BTreeMap::from([("group".into(), Arc::clone(&self.pen) as Arc<dyn Channel>)]))
    }

    async fn plan(&self, shop: &str, channels: &[&str]) {
        let letter = Letter { shop: shop.into(), ..Letter::of(&ABOUT, &report()) };
        let channels: Vec<String> = channels.iter().map(ToString::to_string).collect();
        self.db.commit(Deliveries::plan(&letter, &channels, noon())).await.expect("planned");
    }

    async fn step(&self, after: TimeDelta) -> usize {
        self.clock.set(noon() + after);
        self.process().step(noon() + after).await.expect("a step")
    }

    async fn only(&self) -> Delivery {
        let mut found = of_run(&*self.db, "demo", ABOUT.run).await.expect("a read");
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }
}

fn later(after: Option<u64>) -> Result<(), DeliveryError> {
    Err(DeliveryError::Later { why: "连不上接收方".into(), after: after.map(Duration::from_secs) })
}

#[tokio::test]
async fn a_letter_is_sent_once_and_then_left_alone() {
    let post = Post::new();
    post.plan("demo", &["group"]).await;
    assert_eq!(post.only().await.status, DeliveryStatus::Pending { next: noon() });
    assert_eq!(post.step(TimeDelta::zero()).await, 1);
    assert_eq!(post.only().await.status, DeliveryStatus::Sent { at: noon() });
    assert_eq!(post.step(TimeDelta::days(1)).await, 0);
    assert_eq!(post.pen.ids.lock().expect("unpoisoned").len(), 1);
}

#[tokio::test]
async fn a_receiver_that_fails_is_tried_again_with_growing_pauses_and_one_id() {
    let post = Post::answering(&[later(None), later(None), Err(DeliveryError::Unknown("没有回应".into()))]);
    post.plan("demo", &["group"]).await;
    for (second, tried) in [(0, 1), (59, 0), (60, 1), (179, 0), (180, 1), (419, 0), (420, 1), (100_000, 0)] {
        assert_eq!(post.step(TimeDelta::seconds(second)).await, tried, "at second {second}");
    }
    let delivery = post.only().await;
    assert_eq!((delivery.attempts, delivery.last_failure, delivery.status.label()), (4, None, "已送达"));
    let ids = post.pen.ids.lock().expect("unpoisoned").clone();
    assert!(ids.len() == 4 && ids.iter().all(|id| *id == delivery.id), "{ids:?}");
}

#[tokio::test]
async fn a_receiver_that_asks_for_time_gets_it_within_reason() {
    let post = Post::answering(&[later(Some(600)), later(Some(1_000_000))]);
    post.plan("demo", &["group"]).await;
    for (second, tried) in [(0, 1), (599, 0), (600, 1), (600 + 3599, 0), (600 + 3600, 1)] {
        assert_eq!(post.step(TimeDelta::seconds(second)).await, tried, "at second {second}");
    }
}

#[tokio::test]
async fn a_refused_letter_is_not_sent_again_and_says_why() {
    let post = Post::answering(&[Err(DeliveryError::Permanent("接收方拒收（HTTP 403），请检查地址和密钥".into()))]);
    post.plan("demo", &["group"]).await;
    post.step(TimeDelta::zero()).await;
    let delivery = post.only().await;
    assert_eq!(delivery.status, DeliveryStatus::Failed { at: noon() });
    assert_eq!(delivery.last_failure.as_deref(), Some("接收方拒收（HTTP 403），请检查地址和密钥"));
    assert_eq!(post.step(TimeDelta::days(1)).await, 0);
}

#[tokio::test]
async fn somebody_who_never_answers_is_given_up_on_and_that_is_told() {
    let post = Post::answering(&vec![later(None); 100]);
    post.plan("demo", &["group"]).await;
    let mut tries = 0;
    for hour in 0..48 {
        tries += post.step(TimeDelta::hours(hour)).await;
    }
    assert_eq!(tries, 15);
    assert_eq!(post.only().await.status.label(), "多次投递失败，已放弃");
}

#[tokio::test]
async fn a_channel_that_is_gone_is_told_and_does_not_hold_up_the_others() {
    let post = Post::new();
    post.plan("demo", &["removed", "group"]).await;
    assert_eq!(post.step(TimeDelta::zero()).await, 2);
    let found = of_run(&*post.db, "demo", ABOUT.run).await.expect("a read");
    let told: Vec<_> =
        found.iter().map(|d| (d.channel.as_str(), d.status.label(), d.last_failure.as_deref())).collect();
    assert_eq!(told, [("group", "已送达", None), ("removed", "投递失败", Some("渠道“removed”已不在 agents.toml 里"))]);
}

#[tokio::test]
async fn a_kill_between_sending_and_recording_sends_the_same_letter_under_the_same_id() {
    let post = Post::new();
    post.plan("demo", &["group"]).await;
    // The claim is the last thing that this process writes.
    post.db.dies_after(1, Strike::Before);
    post.process().step(noon()).await.expect_err("it died before it could record");
    assert_eq!(post.step(TimeDelta::seconds(30)).await, 0, "the claim may still be somebody's");
    assert_eq!(post.step(TimeDelta::seconds(121)).await, 1);
    let delivery = post.only().await;
    assert_eq!((delivery.attempts, delivery.status.label()), (2, "已送达"));
    let ids = post.pen.ids.lock().expect("unpoisoned").clone();
    assert_eq!(ids, [delivery.id.clone(), delivery.id]);
}

#[tokio::test]
async fn a_process_that_cannot_claim_does_not_send() {
    let post = Post::new();
    post.plan("demo", &["group"]).await;
    post.db.dies_after(0, Strike::Before);
    post.process().step(noon()).await.expect_err("the disk is full");
    assert!(post.pen.ids.lock().expect("unpoisoned").is_empty(), "a letter went out that nothing would remember");
}

#[tokio::test]
async fn two_processes_send_one_letter() {
    let post = Post::new();
    post.plan("demo", &["group"]).await;
    let (a, b) = (post.process(), post.process());
    let (a, b) = tokio::join!(a.step(noon()), b.step(noon()));
    assert_eq!(a.expect("a step") + b.expect("a step"), 1);
    assert_eq!(post.pen.ids.lock().expect("unpoisoned").len(), 1);
}

#[tokio::test]
async fn every_shops_letters_go_and_none_shows_up_at_another() {
    let post = Post::new();
    for shop in ["a", "demo", "demo2", "店铺"] {
        post.plan(shop, &["group"]).await;
    }
    assert_eq!(post.step(TimeDelta::zero()).await, 4);
    assert_eq!(post.only().await.shop, "demo");
    assert!(of_run(&*post.db, "de", ABOUT.run).await.expect("a read").is_empty());
    post.plan("demo", &["group"]).await;
    assert_eq!(post.step(TimeDelta::zero()).await, 1, "an open letter behind many that are over was not found");
}

#[tokio::test]
async fn over_a_real_socket_a_stumbling_receiver_gets_one_letter_under_one_id() {
    let (receiver, address) = Receiver::start(&[Reply::Status(500), Reply::Silence]).await;
    let post = Post::new();
    post.plan("demo", &["web"]).await;
    let channels = || BTreeMap::from([("web".to_owned(), Arc::new(webhook(address)) as Arc<dyn Channel>)]);
    let failure = |delivery: Delivery| delivery.last_failure.unwrap_or_default();
    let mut failures = Vec::new();
    for minute in [0, 5, 20] {
        post.clock.set(noon() + TimeDelta::minutes(minute));
        post.deliveries(channels()).step(noon() + TimeDelta::minutes(minute)).await.expect("a step");
        failures.push(failure(post.only().await));
    }
    assert_eq!(failures, ["接收方出错（HTTP 500）", "接收方没有及时回应，不能确定是否收到", ""]);
    assert_eq!(post.only().await.status.label(), "已送达");
    let ids = receiver.ids();
    assert!(ids.len() == 3 && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}
