//! What a recorded fixture keeps of a shop, and whom it does not name: it goes where the plugin goes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use xiaoer::plugin::trial::{Fixture, Recorded, Recorder, Recording, Trial, told};
use xiaoer_sdk::{
    ActionKind, Call, Change, Context, Expected, Fetch, FieldKind, Flag, Input, Manifest, Period, Proposal, Read,
    Report, Skill, SkillError, Source, Unit, Value, async_trait,
};

use crate::plugin_trial::limits;

/// Reads all that there is to read of buyers, remembers some, asks a host about them, and wants a memo on the first order.
struct Nosy;

#[async_trait]
impl Skill for Nosy {
    fn manifest(&self) -> Manifest {
        let mut manifest = Manifest::new("data", "nosy", "爱打听")
            .reads([Read::Orders, Read::Refunds, Read::Products, Read::Costs])
            .proposes([ActionKind::WriteMemo])
            .field("whom", "谁", FieldKind::Text { max: 40 }, "");
        manifest.beyond.kv = true;
        manifest.beyond.http.insert("crm.example.com".into());
        manifest
    }

    async fn run(&self, cx: &Context, _: Input) -> Result<Report, SkillError> {
        let period = Period::ending(cx.as_of(), 365);
        let orders = cx.orders_paid(period).await?;
        cx.refunds_open().await?;
        let (products, costs) = (cx.products().await?, cx.costs().await?);
        let known = cx.recall("buyers").await?;
        cx.keep("buyers", Some(json!({ "seen": true }))).await?;
        let again = cx.recall("buyers").await?;
        assert_eq!(again, Some(json!({ "seen": true })), "what it keeps it reads");
        let fetch = Fetch { url: "https://crm.example.com/".into(), body: None, content_type: None };
        cx.host().call(Call::Fetch(fetch)).await?;
        let mut report = Report::new("打听", cx.as_of());
        let source = Source::rows("订单", "数", orders.iter().map(|order| order.id.as_str()));
        for (id, count) in [("orders", orders.len()), ("products", products.len()), ("costs", costs.len())] {
            let count = Value::Count(i64::try_from(count).expect("few"), Unit::Orders);
            report.facts.add(id, "数", count, source.clone());
        }
        report.summary =
            format!("{{orders}} {{products}} {{costs}} {}", if known.is_some() { "又来了" } else { "第一次" });
        let change = Change::WriteMemo { order: "o000".into(), text: "常客".into(), flag: Flag::Red };
        let expected = Expected::default();
        report.proposals.push(Proposal { key: "memo".into(), change, why: "记一下".into(), expected });
        Ok(report)
    }
}

/// A shop with so many orders, each of another product; the buyers and what they say are everywhere that they can be.
fn shop(orders: usize) -> Arc<Fixture> {
    let mut text = String::from(
        r#"
        as_of = 2026-11-22
        input = { whom = "张伟 13800138000" }
        kept = { buyers = { "b2b-220011" = "13900139000" } }
        [[refunds]]
        id = "R1"
        order = "o003"
        buyer = "b2b-220003"
        asked = "9.00"
        reason = "我是 b2b-220003，打我电话 13800138000"
        [[answers]]
        call = { call = "fetch", url = "https://crm.example.com/" }
        answer = { answer = "fetched", value = { status = 200, content_type = "text/plain", body = "b2b-220001 13700137000" } }
        "#,
    );
    for n in 0..orders {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day") + chrono::Days::new(n as u64);
        writeln!(
            text,
            "[[orders]]\nid = \"o{n:03}\"\nbuyer = \"b2b-22{:04}\"\npaid = {day}T10:00:00+08:00\ntotal = \"5.00\"\n\
             lines = [{{ product = \"p{n}\", title = \"杯\", quantity = \"1\", amount = \"5.00\" }}]\n\
             [[products]]\nid = \"p{n}\"\ntitle = \"杯\"\n[[costs]]\nproduct = \"p{n}\"\ncost = \"2.00\"",
            n % 50
        )
        .expect("written");
    }
    Arc::new(Fixture::from_toml(&text).unwrap_or_else(|why| panic!("{why}")))
}

async fn record(shop: &Arc<Fixture>, most: usize) -> Recorded {
    let recording = Arc::new(Recording::default());
    let recorder = Arc::new(Recorder::of(Arc::new(Nosy), Arc::clone(&recording)));
    let heard = Trial::of(recorder, BTreeMap::new(), limits()).run(shop).await;
    assert!(
        heard.ending.report().unwrap_or_else(|why| panic!("{why}")).proposals.is_empty(),
        "no work for the merchant"
    );
    recording.fixture(most).expect("JSON").expect("something was heard")
}

async fn report(fixture: &Arc<Fixture>) -> String {
    let outcome = Trial::of(Arc::new(Nosy), BTreeMap::new(), limits()).run(fixture).await;
    told(&outcome, "店")
}

#[tokio::test]
async fn nobody_is_named_wherever_a_buyer_stood_and_the_run_is_the_same() {
    let real = shop(60);
    let recorded = record(&real, 100).await.text;
    for telling in ["b2b-", "220001", "138001", "139001", "137001", "张伟"] {
        assert!(!recorded.contains(telling), "{telling}: {recorded}");
    }
    for stands in ["\"buyer-1\"", "〔手机甲〕"] {
        assert!(recorded.contains(stands), "{stands}: {recorded}");
    }
    let played = Arc::new(Fixture::from_json(&recorded).expect("a fixture"));
    assert_eq!(report(&real).await, report(&played).await);
    assert!(report(&played).await.contains("又来了"), "what earlier runs kept is kept");
}

#[tokio::test]
async fn the_same_shop_makes_the_same_file_a_row_a_line_in_few_words() {
    let real = shop(60);
    let (first, second) = (record(&real, 100).await.text, record(&real, 100).await.text);
    assert_eq!(first, second);
    let order = first.lines().find(|line| line.contains("\"o007\"")).expect("a line of its own");
    let order: Json = serde_json::from_str(order.trim().trim_end_matches(',')).expect("one row");
    let fields: Vec<_> = order.as_object().expect("a row").keys().map(String::as_str).collect();
    assert_eq!(fields, ["buyer", "id", "lines", "paid", "total"], "what a reader supplies by itself is left out");
}

#[tokio::test]
async fn a_large_shop_is_cut_to_its_newest_rows_and_to_what_they_and_the_proposals_name() {
    let recorded = record(&shop(300), 100).await;
    let parts: Vec<_> = recorded.parts.iter().map(|part| (part.list, part.kept, part.heard)).collect();
    // The newest hundred, the one that the memo is about and the one of the refund; each with its product and its cost.
    assert_eq!(parts, [("orders", 102, 300), ("products", 102, 300), ("costs", 102, 300)]);
    let whole = record(&shop(300), 300).await;
    assert!(whole.parts.is_empty() && recorded.text.len() * 2 < whole.text.len());
    for (id, stands) in [("o000", true), ("o003", true), ("o199", false), ("o200", true), ("o299", true)] {
        assert_eq!(recorded.text.contains(&format!("\"{id}\"")), stands, "{id}");
    }
    let played = Arc::new(Fixture::from_json(&recorded.text).expect("a fixture"));
    assert!(report(&played).await.contains("102单 102单 102单"), "{}", report(&played).await);
}
