//! Rights come by solution.

use serde_json::json;
use xiaoer_sandbox::{Options, Sandbox, SandboxError};

use crate::rig::{ORDERS, PRODUCT, Rig, TITLE, TRADE, clock, code, generated, options};

const ACCOUNT: (&str, &str) = ("com.alibaba.account", "alibaba.account.basic");

#[tokio::test]
async fn a_merchants_own_app_has_its_three_solutions_and_nothing_that_is_reviewed_invited_or_unknown() {
    let shops = vec![generated("演示店铺", 5)];
    let rig = Rig::with(Options { shops, clock: clock(crate::rig::NOW), ..Options::default() }).await;
    rig.call(TRADE, ORDERS, &[]).await;
    rig.call(PRODUCT, "alibaba.product.list.get", &[("pageNo", "1"), ("pageSize", "1")]).await;
    rig.call(ACCOUNT.0, ACCOUNT.1, &[]).await;
    for (namespace, name) in [(PRODUCT, TITLE), (TRADE, "alibaba.trade.refund.OpAgreeReturnGoods")] {
        assert_eq!(code(&rig.call_raw(namespace, name, &[]).await), "gw.APIACLDecline", "{name}");
    }

    // By key, one solution alone; without what was granted besides.
    rig.admin("rights", json!({ "solutions": ["1560845306463"] })).await;
    assert_eq!(code(&rig.call_raw(PRODUCT, TITLE, &[]).await), "gw.ParamMissing");
    assert_eq!(code(&rig.call_raw(TRADE, ORDERS, &[]).await), "gw.APIACLDecline");
    assert_eq!(code(&rig.call_raw(ACCOUNT.0, ACCOUNT.1, &[]).await), "gw.APIACLDecline");

    rig.admin("rights", json!({ "solutions": [], "granted": [TITLE, ORDERS], "withheld": [ORDERS] })).await;
    assert_eq!(code(&rig.call_raw(PRODUCT, TITLE, &[]).await), "gw.ParamMissing");
    assert_eq!(code(&rig.call_raw(TRADE, ORDERS, &[]).await), "gw.APIACLDecline");
    assert!(rig.post("param2/1/system/currentTime/1000000", &[]).await.0.is_success(), "the gateway's own are free");
}

#[test]
fn a_solution_that_does_not_exist_is_named() {
    let wrong = Options { solutions: vec!["订单管理".to_owned()], ..options() };
    let error = Sandbox::open(wrong).expect_err("it must not open");
    assert!(matches!(&error, SandboxError::Solution(name) if name == "订单管理"), "{error}");
}
