//! Clients that nobody here wrote, against a running sandbox. They are installed from the public package index into a
//! directory that is thrown away, pinned by hash. Without Python or the index the test says so and passes;
//! with `XIAOER_TEST_ALL=1` it fails.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::rig::{NOW, ORDERS, PRODUCT, Rig, TRADE, generated, options};

fn skip(why: &str) {
    #[expect(clippy::disallowed_methods, reason = "the checks' own switch, not a setting")]
    let all = std::env::var("XIAOER_TEST_ALL").is_ok_and(|value| value == "1");
    assert!(!all, "nothing may be skipped here: {why}");
    // Past the test's captured output: who runs the tests shall see it.
    writeln!(std::io::stderr(), "foreign clients skipped: {why}").expect("stderr");
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign")
}

/// Runs a program; its output, or what it complained of.
fn run(program: &Path, arguments: &[&str]) -> Result<String, String> {
    let ran =
        Command::new(program).args(arguments).output().map_err(|error| format!("{}: {error}", program.display()))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    ran.status.success().then(|| text(&ran.stdout)).ok_or_else(|| text(&ran.stderr))
}

/// A Python of its own with what `requirements` names; the error says what is missing.
fn install(room: &Path, requirements: &str) -> Result<PathBuf, String> {
    let place = room.to_string_lossy();
    run(Path::new("python3"), &["-m", "venv", place.as_ref()]).map_err(|why| format!("no Python with venv: {why}"))?;
    let python = room.join("bin/python");
    let file = folder().join(requirements);
    let file = file.to_string_lossy();
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "1", "--timeout", "20"];
    let pinned = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "-r", file.as_ref()];
    run(&python, &[&pip[..], &pinned].concat()).map_err(|why| format!("{requirements} cannot be installed: {why}"))?;
    Ok(python)
}

/// Installs a client and runs its script; none: it cannot be installed here.
async fn calls(client: &'static str, arguments: Vec<String>) -> Option<Value> {
    let ran = tokio::task::spawn_blocking(move || {
        let room = tempfile::tempdir().expect("a directory");
        let python = install(room.path(), &format!("{client}.txt"))?;
        let script = folder().join(format!("{client}.py"));
        let mut all = vec![script.to_string_lossy().into_owned()];
        all.extend(arguments);
        let said = run(&python, &all.iter().map(String::as_str).collect::<Vec<_>>());
        Ok::<String, String>(said.unwrap_or_else(|why| panic!("{client} failed: {why}")))
    });
    match ran.await.expect("no panic") {
        Ok(said) => Some(serde_json::from_str(&said).unwrap_or_else(|_| panic!("{client} said {said}"))),
        Err(why) => {
            skip(&why);
            None
        }
    }
}

/// What the sandbox itself says, for comparison.
struct Truth {
    rig: Rig,
    product: Value,
    orders: Value,
    products: Value,
}

impl Truth {
    async fn new() -> Self {
        let rig = Rig::with(xiaoer_sandbox::Options { shops: vec![generated("演示店铺", 10)], ..options() }).await;
        let product = rig.product(|product| !product["skuInfos"][0].is_null()).await;
        let orders = rig.call(TRADE, ORDERS, &[("productName", "保温"), ("needMemoInfo", "true")]).await;
        let list = [("pageNo", "1"), ("pageSize", "20")];
        let products = rig.call(PRODUCT, "alibaba.product.list.get", &list).await;
        Self { rig, product, orders, products }
    }

    fn host(&self) -> String {
        self.rig.base.trim_start_matches("http://").to_owned()
    }

    fn wish(&self) -> String {
        let sku = json!({ "skuId": self.product["skuInfos"][0]["specId"], "stockChange": 4321 });
        let change = json!([{ "productId": self.product["productID"], "skuStocks": [sku] }]);
        let (from, to) = ("20261123000000000+0800", "20261124000000000+0800");
        json!({ "word": "保温", "change": change, "from": from, "to": to }).to_string()
    }

    /// The client read what is there, and its write took effect once.
    async fn holds(&self, got: &Value) {
        assert_eq!(got["orders"], self.orders);
        assert!(self.orders["totalRecord"].as_i64() > Some(0), "the word is in some order");
        assert_eq!(got["products"], self.products);
        assert_eq!(got["written"]["result"][0]["result"], true, "{}", got["written"]);
        let effects = self.rig.effects().await;
        assert_eq!((effects.len(), &effects[0]["count"]), (1, &json!(1)), "{effects:?}");
        let id = self.product["productID"].to_string();
        let now = self.rig.call(PRODUCT, "alibaba.product.get", &[("productID", &id)]).await;
        assert_eq!(now["productInfo"]["skuInfos"][0]["amountOnSale"], 4321);
        assert_eq!(got["wrong_secret"], "gw.SignatureInvalid");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wnaop_gets_tokens_reads_lists_and_writes_a_stock() {
    let truth = Truth::new().await;
    let code = truth.rig.admin("codes", json!({ "shop": "演示店铺" })).await["code"].as_str().expect("text").to_owned();
    let arguments = [truth.host(), "1000000".into(), "test123".into(), code, truth.wish()].to_vec();
    let Some(got) = calls("wnaop", arguments).await else { return };
    truth.holds(&got).await;
    let now: chrono::DateTime<chrono::FixedOffset> = NOW.parse().expect("an instant");
    assert_eq!(got["millis"], now.timestamp_millis());
    assert_eq!(got["tokens"]["memberId"], truth.rig.sandbox.shops()[0].member_id);
    assert_eq!(got["old_refresh_token"], "invalid_grant");
    assert_eq!(got["postponed_too_early"], "invalid_grant");
    assert_eq!(got["account"]["result"]["memberId"], truth.rig.sandbox.shops()[0].member_id);
    let messages = &got["messages"]["pushMessagePage"];
    assert_eq!(messages["totalCount"], 1, "{messages}");
    assert_eq!(messages["datas"][0]["data"]["OfferInventoryChangeList"][0]["offerId"], truth.product["productID"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn open_1688_reads_lists_and_writes_a_stock() {
    let truth = Truth::new().await;
    let arguments = [truth.host(), "1000000".into(), "test123".into(), truth.rig.token.clone(), truth.wish()].to_vec();
    let Some(got) = calls("open-1688", arguments).await else { return };
    truth.holds(&got).await;
    assert_eq!(got["no_such_method"], "gw.APIUnsupported");
}
