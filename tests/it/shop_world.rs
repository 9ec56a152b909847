//! A shop's mirror with nothing else around it, and a platform in memory whose lists move while they are read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta};
use rust_decimal::Decimal;
use tempfile::TempDir;
use xiaoer::clock::Clock;
use xiaoer::db::{SharedDb, SledDb};
use xiaoer::secret::SecretRef;
use xiaoer::shop::mirror::Mirror;
use xiaoer::shop::push::Message;
use xiaoer::shop::sync::{SyncError, SyncOutcome, sync};
use xiaoer::shop::{
    Account, Link, Listed, OrderNow, OrderTable, Page, Platform, ReadError, Seen, Shop, Span, WriteError,
};
use xiaoer_sdk::Change;
use xiaoer_sdk::shop::{Activity, Order, OrderLine, OrderStatus, Product, Refund, RefundStatus, Time};

pub(crate) fn at(text: &str) -> Time {
    DateTime::parse_from_rfc3339(&format!("{text}+08:00")).expect("a time")
}

pub(crate) fn day(text: &str) -> chrono::NaiveDate {
    text.parse().expect("a day")
}

/// A database in a directory of its own, and a mirror over it.
pub(crate) struct Ground {
    pub(crate) dir: TempDir,
    pub(crate) db: SharedDb,
    pub(crate) mirror: Mirror,
    pub(crate) clock: Clock,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        let db: SharedDb = Arc::new(SledDb::open(&dir.path().join("db"), 1 << 20).expect("a database"));
        let clock = Clock::standing_at(at("2026-11-23T09:15:00").to_utc());
        Self { mirror: Mirror::new(db.clone()), dir, db, clock }
    }

    pub(crate) async fn sync(&self, shop: &Shop, platform: &Fake) -> Result<SyncOutcome, SyncError> {
        sync(shop, platform, &self.mirror, &self.clock, &|_| {}).await
    }
}

pub(crate) fn platform_shop() -> Shop {
    let link = Link::Alibaba {
        gateway: "http://127.0.0.1:1".into(),
        pictures: "http://127.0.0.1:1".into(),
        app_key: "1000000".into(),
        secret: SecretRef("app_secret".into()),
        token: SecretRef("token".into()),
        member_id: "b2b-1".into(),
    };
    files_shop().linked(link)
}

pub(crate) fn files_shop() -> Shop {
    Shop {
        id: "test".into(),
        name: "测试店铺".into(),
        zone: chrono_tz::Asia::Shanghai,
        industry: xiaoer_growth::Industry::Consumer,
        link: Link::Files,
    }
}

trait Linked {
    fn linked(self, link: Link) -> Self;
}

impl Linked for Shop {
    fn linked(self, link: Link) -> Self {
        Self { link, ..self }
    }
}

/// What the platform holds.
pub(crate) struct Held {
    pub(crate) now: Time,
    pub(crate) member: String,
    pub(crate) orders: Vec<Order>,
    pub(crate) archive: Vec<Order>,
    pub(crate) refunds: Vec<Refund>,
    pub(crate) products: Vec<(Time, Listed)>,
    pub(crate) activities: Vec<Activity>,
    /// Lists of messages that were not delivered; each is forgotten once it was answered.
    pub(crate) missed: Vec<Vec<Message>>,
    /// Products that exist and that no list names.
    pub(crate) hidden: BTreeSet<String>,
    /// Spans of orders that are wider are refused.
    pub(crate) widest: Option<TimeDelta>,
    /// Names of lists that the app may not read.
    pub(crate) withheld: BTreeSet<&'static str>,
    /// Calls so far.
    pub(crate) calls: u32,
    /// The call at which everything ends, as at a kill.
    pub(crate) dies_at: Option<u32>,
}

type Between = Box<dyn FnMut(&mut Held) + Send>;

/// A platform in memory. Its pages are short, newest change first, and `between` runs after every page that has rows.
pub(crate) struct Fake {
    pub(crate) held: Mutex<Held>,
    page: usize,
    between: Mutex<Option<Between>>,
}

impl Fake {
    pub(crate) fn new(now: &str) -> Self {
        let held = Held {
            now: at(now),
            member: "b2b-1".into(),
            orders: Vec::new(),
            archive: Vec::new(),
            refunds: Vec::new(),
            products: Vec::new(),
            activities: Vec::new(),
            missed: Vec::new(),
            hidden: BTreeSet::new(),
            widest: None,
            withheld: BTreeSet::new(),
            calls: 0,
            dies_at: None,
        };
        Self { held: Mutex::new(held), page: 3, between: Mutex::new(None) }
    }

    /// A shop with some of everything, changed over the last weeks.
    pub(crate) fn with_some_of_everything() -> Self {
        let fake = Self::new("2026-11-23T09:00:00");
        fake.change(|held| {
            held.orders = (0..23).map(|n| order(n, held.now - TimeDelta::hours(7 * i64::from(n) + 2))).collect();
            held.archive = vec![order(900, at("2026-03-01T10:00:00"))];
            held.refunds = (0..5).map(|n| refund(n, held.now - TimeDelta::hours(30 * i64::from(n) + 1))).collect();
            held.products = (0..8).map(|n| product(n, held.now - TimeDelta::days(i64::from(n)))).collect();
            held.activities = vec![activity(1), activity(2)];
        });
        fake
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Held) -> T) -> T {
        change(&mut self.held.lock().expect("nobody panics with it"))
    }

    pub(crate) fn between(&self, between: impl FnMut(&mut Held) + Send + 'static) {
        *self.between.lock().expect("nobody panics with it") = Some(Box::new(between));
    }

    /// Counts a call, and ends everything when its time has come.
    fn called(&self, list: &'static str) -> Result<(), ReadError> {
        self.change(|held| {
            held.calls += 1;
            if held.dies_at == Some(held.calls) {
                return Err(ReadError::Unreachable { why: "killed here".into() });
            }
            if held.withheld.contains(list) {
                return Err(ReadError::NoRight { api: format!("api.{list}"), solution: "一个解决方案".into() });
            }
            Ok(())
        })
    }

    fn listed<T: Clone>(&self, rows: Vec<(Time, T)>, span: Option<Span>, page: u32) -> Page<T> {
        let mut rows: Vec<_> =
            rows.into_iter().filter(|(at, _)| span.is_none_or(|span| span.from <= *at && *at <= span.to)).collect();
        if span.is_some() {
            rows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        }
        let total = Some(rows.len() as u64);
        let rows: Vec<T> =
            rows.into_iter().map(|(_, row)| row).skip(page as usize * self.page).take(self.page).collect();
        if rows.is_empty() {
            return Page { rows, unreadable: Vec::new(), total };
        }
        if let Some(between) = &mut *self.between.lock().expect("nobody panics with it") {
            self.change(|held| between(held));
        }
        Page { rows, unreadable: Vec::new(), total }
    }
}

#[async_trait::async_trait]
impl Platform for Fake {
    async fn now(&self) -> Result<Time, ReadError> {
        Ok(self.change(|held| held.now))
    }

    async fn orders(&self, table: OrderTable, span: Span, page: u32) -> Result<Page<Order>, ReadError> {
        self.called("orders")?;
        answered_late(page).await;
        if self.change(|held| held.widest.is_some_and(|widest| span.to - span.from > widest)) {
            return Err(ReadError::Refused { code: "400_1".into() });
        }
        let rows = self.change(|held| match table {
            OrderTable::Current => held.orders.clone(),
            OrderTable::Archive => held.archive.clone(),
        });
        Ok(self.listed(rows.into_iter().map(|row| (row.modified, row)).collect(), Some(span), page))
    }

    async fn refunds(&self, span: Span, page: u32) -> Result<Page<Refund>, ReadError> {
        self.called("refunds")?;
        answered_late(page).await;
        if self.change(|held| span.from < held.now - TimeDelta::days(730)) {
            return Err(ReadError::Refused { code: "APPLY_TIME_ERROR".into() });
        }
        let rows = self.change(|held| held.refunds.clone());
        Ok(self.listed(rows.into_iter().map(|row| (row.modified, row)).collect(), Some(span), page))
    }

    async fn products(&self, span: Option<Span>, page: u32) -> Result<Page<Listed>, ReadError> {
        self.called("products")?;
        answered_late(page).await;
        let mut rows = self.change(|held| held.products.clone());
        let hidden = self.change(|held| held.hidden.clone());
        rows.retain(|(_, listed)| !matches!(listed, Listed::Here(product) if hidden.contains(&product.id)));
        Ok(self.listed(rows, span, page))
    }

    async fn order(&self, id: &str) -> Result<Order, ReadError> {
        self.called("order")?;
        let found = self.change(|held| held.orders.iter().find(|order| order.id == id).cloned());
        found.ok_or_else(|| ReadError::NotFound { what: format!("订单 {id}") })
    }

    async fn order_now(&self, id: &str) -> Result<OrderNow, ReadError> {
        Err(ReadError::NotFound { what: format!("订单 {id}") })
    }

    async fn refunds_of(&self, order: &str) -> Result<Vec<Refund>, ReadError> {
        self.called("refunds_of")?;
        let of_order = |refund: &&Refund| refund.order.as_deref() == Some(order);
        Ok(self.change(|held| held.refunds.iter().filter(of_order).cloned().collect()))
    }

    async fn product(&self, id: &str) -> Result<Listed, ReadError> {
        self.called("product")?;
        let is = |listed: &Listed| match listed {
            Listed::Here(product) => product.id == id,
            Listed::Gone { id: gone } => gone == id,
        };
        let found = self.change(|held| held.products.iter().map(|(_, listed)| listed).find(|one| is(one)).cloned());
        found.ok_or_else(|| ReadError::NotFound { what: format!("商品 {id}") })
    }

    async fn messages(&self, _member: &str) -> Result<Page<Message>, WriteError> {
        self.called("messages").map_err(|error| WriteError::NotSent { why: error.to_string() })?;
        let rows = self.change(|held| if held.missed.is_empty() { Vec::new() } else { held.missed.remove(0) });
        Ok(Page { rows, unreadable: Vec::new(), total: None })
    }

    async fn activities(&self) -> Result<Vec<Activity>, ReadError> {
        self.called("activities")?;
        Ok(self.change(|held| held.activities.clone()))
    }

    async fn account(&self) -> Result<Account, ReadError> {
        self.called("account")?;
        let member_id = self.change(|held| held.member.clone());
        Ok(Account { member_id, company: None, category: None, years: None })
    }

    async fn picture(&self, _path: &str) -> Result<Vec<u8>, ReadError> {
        Err(ReadError::NotFound { what: "图片".into() })
    }

    async fn write(&self, _change: &Change) -> Result<(), WriteError> {
        Err(WriteError::NotSent { why: "only reads here".into() })
    }

    async fn keep_picture(&self, _sha256: &str, _bytes: Vec<u8>) -> Result<(), WriteError> {
        Err(WriteError::NotSent { why: "only reads here".into() })
    }

    async fn look(&self, _change: &Change) -> Result<Seen, ReadError> {
        Err(ReadError::NotFound { what: "商品".into() })
    }
}

/// Of pages that are asked for side by side the first is answered first: the worst order there is.
async fn answered_late(page: u32) {
    for _ in 0..page {
        tokio::task::yield_now().await;
    }
}

pub(crate) fn order(number: u32, modified: Time) -> Order {
    let id = format!("29000000000000{number:05}");
    Order {
        buyer: Some(format!("b2b-{}", 1000 + number % 7)),
        status: OrderStatus::WaitSend,
        sample: false,
        created: modified - TimeDelta::minutes(20),
        paid: Some(modified),
        modified,
        total: Decimal::from(10 + number),
        freight: Decimal::ZERO,
        lines: vec![OrderLine {
            product: Some("700000000001".into()),
            sku: None,
            title: "不锈钢保温杯".into(),
            quantity: Decimal::ONE,
            amount: Decimal::from(10 + number),
        }],
        marketing: None,
        scene: None,
        valid: true,
        id,
    }
}

pub(crate) fn refund(number: u32, modified: Time) -> Refund {
    Refund {
        id: format!("TQ1000{number:03}"),
        order: None,
        buyer: Some("b2b-1001".into()),
        status: RefundStatus::WaitSeller,
        asked: Decimal::from(5),
        refunded: None,
        reason: "不想要了".into(),
        only_money: true,
        goods_received: Some(false),
        applied: modified,
        deadline: None,
        completed: None,
        modified,
        title: "不锈钢保温杯".into(),
    }
}

pub(crate) fn product(number: u32, modified: Time) -> (Time, Listed) {
    let product = Product {
        id: format!("70000000{number:04}"),
        title: format!("不锈钢保温杯 第{number}款"),
        on_sale: true,
        category: None,
        attributes: Vec::new(),
        pictures: Vec::new(),
        prices: vec![(2, Decimal::from(22))],
        min_order: Some(2),
        stock: Some(100),
        skus: Vec::new(),
        sold: None,
        modified,
    };
    (modified, Listed::Here(Box::new(product)))
}

pub(crate) fn activity(number: u32) -> Activity {
    let span = (at("2026-11-20T00:00:00"), at("2026-11-30T00:00:00"));
    Activity { id: number.to_string(), name: format!("专场{number}"), enrol: span, runs: span, enrolled: Vec::new() }
}

/// Everything that a generation of a mirror shows, for comparing two of them.
pub(crate) async fn shown(mirror: &Mirror, shop: &Shop, generation: u64) -> BTreeMap<&'static str, String> {
    let text = |rows: &dyn erased::Rows| rows.json();
    BTreeMap::from([
        ("orders", text(&mirror.all_orders(shop, generation).await.expect("orders"))),
        ("refunds", text(&mirror.all_refunds(shop, generation).await.expect("refunds"))),
        ("products", text(&mirror.products(shop, generation).await.expect("products"))),
        ("activities", text(&mirror.activities(shop, generation).await.expect("activities"))),
    ])
}

mod erased {
    pub(super) trait Rows {
        fn json(&self) -> String;
    }

    impl<T: serde::Serialize> Rows for Vec<T> {
        fn json(&self) -> String {
            serde_json::to_string_pretty(self).expect("rows are plain data")
        }
    }
}
