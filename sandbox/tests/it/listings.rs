//! New listings: the way from a keyword to a product on the shelf, and what stands in it.

use serde_json::{Value, json};
use xiaoer_sandbox::Options;

use crate::products::{WEB, listed, read, with_all_rights};
use crate::rig::{PRODUCT, Rig, clock, options};

const ADD: &str = "alibaba.new.product.add";

fn form(title: &str, cargo: &str) -> Value {
    let row = |colour: &str, size: &str, price: &str| json!({ "sku_props": [{ "text": colour }, { "text": size }], "sku_price": price, "sku_amountOnSale": 300, "sku_status": 1 });
    json!({
        "global": {},
        "formValues": {
            "title": title,
            "description": "<p>双层真空</p>",
            "catProp": { "p-1398": cargo, "p-971": { "value": 20_001, "text": "316不锈钢" } },
            "primaryPicture": { "imageList": [{ "url": "https://cbu01.alicdn.com/img/ibank/O1CN01demo.jpg" }] },
            "skuTable": [row("墨绿", "500ml", "22.5"), row("墨绿", "750ml", "26")],
            "priceRange": [{ "pricerange_beginAmount": 2, "pricerange_price": "22.5" }, { "pricerange_beginAmount": 100, "pricerange_price": 21 }],
            "beginAmount": 2,
            "weight": "0.35",
            "freight": { "freightType": "T", "freightId": 11_167_193 },
        },
    })
}

async fn add(rig: &Rig, body: &Value) -> Value {
    rig.call(PRODUCT, ADD, &[("catId", "1048182"), ("scene", "cbu"), ("dataBody", &body.to_string())]).await["result"]
        .clone()
}

fn id_of(result: &Value) -> i64 {
    let text = result["bizData"]["dataJson"].as_str().unwrap_or_else(|| panic!("{result}"));
    let data: Value = serde_json::from_str(text).expect("JSON inside the text");
    assert_eq!(data["offerStatus"], "auditing");
    data["itemId"].as_str().expect("text").parse().expect("a number")
}

#[tokio::test]
async fn a_category_is_found_its_form_read_and_its_attributes_have_the_ids_of_the_records() {
    let rig = with_all_rights().await;
    let found = rig.call(PRODUCT, "alibaba.category.searchByKeyword", &[("keyword", "保温")]).await;
    assert_eq!(found["success"], "true");
    assert_eq!(found["products"][0]["categoryID"], 1_048_182);
    let get = async |id: &str| rig.call(PRODUCT, "alibaba.category.get", &[("categoryID", id)]).await;
    let roots = get("0").await;
    assert_eq!(roots["succes"], "true");
    assert!(roots["categoryInfo"][0]["childCategorys"].as_array().is_some_and(|roots| roots.len() > 2));
    let middle = get("1048182").await["categoryInfo"][0].clone();
    assert_eq!((&middle["isLeaf"], &middle["parentIDs"]), (&json!(true), &json!([1_038_378])));
    assert_eq!(get("5").await["succes"], "false");

    let asked = [("categoryID", "1048182"), WEB];
    let attributes = rig.call(PRODUCT, "alibaba.category.attribute.get", &asked).await["attributes"].clone();
    let product = rig.product(|product| product["categoryID"] == 1_048_182).await;
    for of_record in product["attributes"].as_array().expect("a list") {
        let known = attributes.as_array().expect("a list").iter().find(|it| it["attrID"] == of_record["attributeID"]);
        assert_eq!(known.expect("the same id")["name"], of_record["attributeName"]);
    }
    let schema = async |category: &str, scene: &str| {
        let fields = [("catId", category), ("scene", scene)];
        rig.call(PRODUCT, "alibaba.new.product.getSchema", &fields).await["result"].clone()
    };
    let text = schema("1048182", "cbu").await["bizData"].as_str().expect("JSON text").to_owned();
    let data: Value = serde_json::from_str(&text).expect("JSON");
    assert!(data["components"]["catProp"]["children"]["p-1398"].is_object());
    assert_eq!(schema("7", "cbu").await["bizCode"], "SYS_ERROR", "only leaves take goods");
    assert_eq!(schema("1048182", "industry").await["success"], false);
    let body = json!({ "global": {}, "data": { "skuTable": {} } }).to_string();
    let fields = [("catId", "1048182"), ("scene", "cbu"), ("dataBody", body.as_str())];
    let sub = rig.call(PRODUCT, "alibaba.new.product.getSubSchema", &fields).await["result"]["bizData"].clone();
    assert_eq!(
        sub["components"].as_object().map(|all| all.keys().cloned().collect::<Vec<_>>()),
        Some(vec!["skuTable".to_owned()])
    );
}

#[tokio::test]
async fn a_new_listing_is_looked_at_first_read_late_and_published_in_the_end() {
    let rig = with_all_rights().await;
    let id = id_of(&add(&rig, &form("316不锈钢保温杯 新款", "NEW-1")).await);
    assert_eq!(listed(&rig, &[("cargoNumber", "NEW-1"), ("statusList", r#"["auditing"]"#)]).await, [id]);
    assert!(read(&rig, &json!(id)).await.is_null(), "the single read is late");
    rig.set_clock("2026-11-23T10:02:00+08:00").await;
    let fresh = read(&rig, &json!(id)).await;
    assert_eq!((&fresh["status"], &fresh["approvedTime"]), (&json!("auditing"), &Value::Null));
    rig.set_clock("2026-11-23T10:05:00+08:00").await;
    let product = read(&rig, &json!(id)).await;
    assert_eq!(product["status"], "published");
    assert_eq!(product["modifyTime"], "20261123100500000+0800", "a sync by time of change sees it published");
    assert_eq!(product["categoryName"], "保温杯");
    assert_eq!((&product["saleInfo"]["unit"], &product["saleInfo"]["minOrderQuantity"]), (&json!("个"), &json!(2)));
    assert_eq!(product["saleInfo"]["priceRanges"][1], json!({ "startQuantity": 100, "price": 21.0 }));
    assert_eq!(product["skuInfos"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        (&product["skuInfos"][1]["price"], &product["skuInfos"][1]["amountOnSale"]),
        (&json!(26.0), &json!(300))
    );
    assert_eq!(product["image"]["images"], json!(["img/ibank/O1CN01demo.jpg"]));
    assert_eq!(product["bookedCount"], "0");
}

#[tokio::test]
async fn a_listing_sent_twice_is_two_products_and_the_ledger_says_so() {
    let rig = with_all_rights().await;
    let body = form("同一个标题", "NEW-2");
    let ids = (id_of(&add(&rig, &body).await), id_of(&add(&rig, &body).await));
    assert_ne!(ids.0, ids.1);
    let effects = rig.effects().await;
    assert_eq!(effects.len(), 1);
    assert_eq!((&effects[0]["identity"], &effects[0]["count"]), (&json!("listing:NEW-2"), &json!(2)));
}

#[tokio::test]
async fn a_listing_outlives_a_restart_and_is_published_while_the_sandbox_was_away() {
    let dir = tempfile::tempdir().expect("a directory");
    let kept = || Options { state_dir: Some(dir.path().to_owned()), ..options() };
    let rig = Rig::with(kept()).await;
    let (stays, goes) = (add(&rig, &form("留下的", "KEEP-1")).await, add(&rig, &form("删掉的", "KEEP-2")).await);
    let (stays, goes) = (id_of(&stays), id_of(&goes));
    rig.call(PRODUCT, "alibaba.product.delete", &[("productID", &goes.to_string())]).await;
    let effects = rig.effects().await;
    rig.stop().await;

    let rig = Rig::with(Options { clock: clock("2026-11-23T12:00:00+08:00"), ..kept() }).await;
    let product = read(&rig, &json!(stays)).await;
    assert_eq!((&product["status"], &product["subject"]), (&json!("published"), &json!("留下的")));
    assert_eq!(product["skuInfos"].as_array().map(Vec::len), Some(2));
    assert_eq!(listed(&rig, &[("statusList", r#"["deleted"]"#)]).await, [goes]);
    assert_eq!(rig.effects().await, effects);
    let next = id_of(&add(&rig, &form("重启后", "KEEP-3")).await);
    assert!(![stays, goes].contains(&next), "no id is given twice");
    rig.stop().await;
}

#[tokio::test]
async fn a_form_with_a_flaw_creates_nothing() {
    let rig = with_all_rights().await;
    let before = listed(&rig, &[]).await;
    let flaws: [(&str, Value); 6] = [
        ("title", json!("")),
        ("title", json!("长".repeat(129))),
        ("primaryPicture", json!({ "imageList": [] })),
        ("priceRange", json!([{ "pricerange_beginAmount": 2, "pricerange_price": 0 }])),
        (
            "priceRange",
            json!([{ "pricerange_beginAmount": 2, "pricerange_price": 5 }, { "pricerange_beginAmount": 9, "pricerange_price": 6 }]),
        ),
        ("beginAmount", json!(100_000)),
    ];
    for (field, value) in flaws {
        let mut body = form("有问题", "NEW-3");
        body["formValues"][field] = value;
        let result = add(&rig, &body).await;
        assert_eq!((&result["success"], &result["bizCode"]), (&json!(false), &json!("PARAM_ERROR")), "{field}");
    }
    let root = form("根类目", "NEW-3").to_string();
    let refused = rig.call(PRODUCT, ADD, &[("catId", "7"), ("scene", "cbu"), ("dataBody", &root)]).await;
    assert_eq!(refused["result"]["success"], false);
    assert_eq!(listed(&rig, &[]).await, before);
    assert!(rig.effects().await.is_empty());
}

#[tokio::test]
async fn the_eleventh_round_of_deleting_and_adding_is_answered_and_creates_nothing() {
    let rig = with_all_rights().await;
    for round in 0..10 {
        let id = id_of(&add(&rig, &form("来回上下", &format!("RISK-{round}"))).await).to_string();
        let deleted = rig.call(PRODUCT, "alibaba.product.delete", &[("productID", &id)]).await;
        assert_eq!(deleted["isSuccess"], true);
    }
    let ghost = id_of(&add(&rig, &form("来回上下", "RISK-10")).await);
    rig.set_clock("2026-11-23T10:30:00+08:00").await;
    assert!(listed(&rig, &[("cargoNumber", "RISK-10")]).await.is_empty());
    assert!(read(&rig, &json!(ghost)).await.is_null());
    assert!(rig.effects().await.iter().all(|row| row["identity"] != "listing:RISK-10"));
    rig.set_clock("2026-11-23T11:00:01+08:00").await;
    let real = id_of(&add(&rig, &form("来回上下", "RISK-10")).await);
    assert_eq!(listed(&rig, &[("cargoNumber", "RISK-10")]).await, [real], "an hour later it is over");
}

#[tokio::test]
async fn the_old_listing_takes_a_record_and_answers_an_id_or_a_message() {
    let rig = with_all_rights().await;
    let pattern = rig.product(|product| product["skuInfos"].as_array().is_some_and(|skus| skus.len() > 1)).await;
    let block = |name: &str| (name.to_owned(), pattern[name].to_string());
    let mut fields: Vec<(String, String)> =
        ["attributes", "image", "skuInfos", "saleInfo", "shippingInfo", "groupID"].map(block).to_vec();
    fields.extend(
        [("subject", "照着旧商品上新"), ("categoryID", "1048182"), ("webSite", "1688")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let send = async |fields: &[(String, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        rig.call(PRODUCT, "alibaba.product.add", &fields).await
    };
    let id = send(&fields).await["productID"].clone();
    rig.set_clock("2026-11-23T10:10:00+08:00").await;
    let product = read(&rig, &id).await;
    assert_eq!(product["image"], pattern["image"]);
    assert_eq!(product["saleInfo"]["priceRanges"], pattern["saleInfo"]["priceRanges"]);
    assert_ne!(product["skuInfos"][0]["skuId"], pattern["skuInfos"][0]["skuId"]);
    fields.retain(|(name, _)| name != "image");
    assert_eq!(send(&fields).await, json!({ "errorMsg": "商品主图不能为空且不能超过5张" }));
}

#[tokio::test]
async fn one_new_edit_says_success_and_changes_nothing_the_other_changes_only_what_it_knows() {
    let rig = with_all_rights().await;
    let product = rig.product(|product| product["skuInfos"].as_array().is_some_and(|skus| skus.len() > 1)).await;
    let (id, sku) = (product["productID"].to_string(), &product["skuInfos"][0]);
    let props: Vec<Value> =
        sku["attributes"].as_array().expect("a list").iter().map(|it| it["attributeValue"].clone()).collect();
    let body = json!({ "formValues": {
        "title": "新模型改的标题",
        "priceRange": [{ "pricerange_beginAmount": 3, "pricerange_price": "30.00" }],
        "skuTable": [{ "sku_props": props, "sku_price": "31.5", "sku_amountOnSale": 77 }],
        "catProp": { "p-971": "纸" },
        "weight": 9,
    }})
    .to_string();
    let fields = [("catId", "1048182"), ("scene", "cbu"), ("offerId", id.as_str()), ("dataBody", &body)];
    let hollow = rig.call(PRODUCT, "alibaba.new.product.edit", &fields).await;
    assert_eq!(hollow["result"]["success"], true);
    assert_eq!(read(&rig, &product["productID"]).await, product);
    assert!(rig.effects().await.is_empty());

    let reply = rig.call(PRODUCT, "product.increment.editInfo", &fields).await;
    assert_eq!(reply, json!({ "result": r#"{"success":true}"#, "success": true }));
    let after = read(&rig, &product["productID"]).await;
    assert_eq!(after["subject"], "新模型改的标题");
    assert_eq!(after["saleInfo"]["priceRanges"], json!([{ "startQuantity": 3, "price": 30.0 }]));
    assert_eq!((&after["skuInfos"][0]["price"], &after["skuInfos"][0]["amountOnSale"]), (&json!(31.5), &json!(77)));
    for untouched in ["attributes", "shippingInfo", "image"] {
        assert_eq!(after[untouched], product[untouched], "{untouched}");
    }
    let missing = [("catId", "1048182"), ("scene", "cbu"), ("offerId", "5"), ("dataBody", body.as_str())];
    let refused = rig.call(PRODUCT, "product.increment.editInfo", &missing).await;
    assert_eq!(refused["success"], false);
    assert_eq!(rig.effects().await.len(), 1);
}

#[tokio::test]
async fn a_group_of_the_shops_own_is_made_below_another() {
    let rig = with_all_rights().await;
    let make = async |name: &str, parent: &str| {
        rig.call(PRODUCT, "alibaba.userDefine.category.add", &[("groupName", name), ("parentID", parent)]).await
    };
    let top = make("保温杯", "0").await["catId"].as_i64().expect("an id");
    assert_eq!(make("儿童", &top.to_string()).await["catId"], top + 1);
    assert_eq!(make("没有", "5").await["errorCode"], "400_1");
    let effects = rig.effects().await;
    assert_eq!((&effects[1]["identity"], effects.len()), (&json!(format!("group:{top}/儿童")), 2));
}
