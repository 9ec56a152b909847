//! Products are read in every way, edited in every way, and each way keeps its own odd habits.

use serde_json::{Value, json};
use xiaoer_sandbox::Options;

use crate::rig::{PRODUCT, Rig, code, options};

pub(crate) const WEB: (&str, &str) = ("webSite", "1688");

/// A shop whose app has every right.
pub(crate) async fn with_all_rights() -> Rig {
    Rig::with(Options { withheld: Vec::new(), ..options() }).await
}

pub(crate) async fn read(rig: &Rig, id: &Value) -> Value {
    rig.call(PRODUCT, "alibaba.product.get", &[("productID", &id.to_string())]).await["productInfo"].clone()
}

/// The ids that the list gives for these parameters.
pub(crate) async fn listed(rig: &Rig, params: &[(&str, &str)]) -> Vec<i64> {
    let mut all = Vec::new();
    for page in ["1", "2", "3", "4"] {
        let frame = [("pageNo", page), ("pageSize", "20"), ("orderByCondition", "ID")];
        let reply = rig.call(PRODUCT, "alibaba.product.list.get", &[&frame[..], params].concat()).await;
        let list = reply["result"]["pageResult"]["resultList"].as_array().expect("a list").clone();
        all.extend(list.iter().map(|product| product["productID"].as_i64().expect("an id")));
    }
    all
}

fn has_skus(product: &Value) -> bool {
    product["skuInfos"].as_array().is_some_and(|skus| skus.len() > 1)
}

#[tokio::test]
async fn products_are_found_by_id_by_status_and_by_each_filter() {
    let rig = Rig::start().await;
    let all = listed(&rig, &[]).await;
    let ids = json!([all[0], 5]).to_string();
    let some = rig.call(PRODUCT, "alibaba.product.getByIdList", &[("productIdList", &ids)]).await;
    assert_eq!(some["productList"].as_array().map(Vec::len), Some(1));
    assert_eq!((&some["success"], &some["message"]), (&json!(true), &json!("5:商品不存在")));

    let asked = [("pageNo", "1"), ("pageSize", "50"), ("statusList", r#"["published"]"#)];
    let page = rig.call(PRODUCT, "alibaba.product.getByStatus", &asked).await["result"]["pageResult"].clone();
    assert_eq!(page["sizePerPage"], 20);
    assert!(page["resultList"].as_array().expect("a list").iter().all(|product| product["status"] == "published"));

    let one = read(&rig, &json!(all[3])).await;
    let (stamp, cargo) =
        (one["createTime"].as_str().expect("a time"), one["productCargoNumber"].as_str().expect("one"));
    let group = json!([one["groupID"][0]]).to_string();
    let price = one["referencePrice"].as_str().expect("a price");
    for filter in [
        [("startPublishTime", stamp), ("endPublishTime", stamp)],
        [("cargoNumber", cargo), ("supportOnlineTrade", "true")],
        [("groupIds", &group), ("beginStar", "4")],
        [("priceStart", price), ("priceEnd", price)],
    ] {
        let found = listed(&rig, &filter).await;
        assert!(found.contains(&all[3]) && found.len() < all.len(), "{filter:?} gives {}", found.len());
    }
    for none in [("privateOffer", "true"), ("beginStar", "5"), ("endExpiredTime", "20200101000000000+0800")] {
        assert!(listed(&rig, &[none]).await.is_empty(), "{none:?}");
    }
}

#[tokio::test]
async fn writes_that_an_own_app_does_not_get_are_withheld_from_the_start() {
    let own = Options::default();
    let rig = Rig::with(Options { solutions: own.solutions, granted: own.granted, ..options() }).await;
    for name in [
        "alibaba.product.edit",
        "alibaba.product.incrementModify",
        "alibaba.product.price.edit",
        "alibaba.product.repost",
        "alibaba.product.add",
        "alibaba.new.product.edit",
        "product.increment.editInfo",
        "alibaba.photobank.photo.delete",
    ] {
        assert_eq!(code(&rig.call_raw(PRODUCT, name, &[]).await), "gw.APIACLDecline", "{name}");
    }
    assert_eq!(code(&rig.call_raw(PRODUCT, "alibaba.product.expire", &[]).await), "gw.ParamMissing");
}

#[tokio::test]
async fn an_overwrite_names_what_it_changed_and_loses_what_only_the_site_knows() {
    let rig = with_all_rights().await;
    let product = rig.product(has_skus).await;
    let id = &product["productID"];
    let edit = async |info: &Value| {
        let (id, info) = (id.to_string(), info.to_string());
        rig.call(PRODUCT, "alibaba.product.edit", &[("productID", &id), ("productInfo", &info), WEB]).await
    };
    let mut wish = product.clone();
    wish["subject"] = json!("整条覆盖后的标题");
    wish["attributes"].as_array_mut().expect("a list").push(json!({ "attributeName": "产地", "value": "义乌" }));
    wish["skuInfos"].as_array_mut().expect("a list").truncate(1);
    let reply = edit(&wish).await;
    assert_eq!(
        reply,
        json!({ "productID": id, "errorMsg": "", "attributeChanges": ["subject", "attributes", "skuInfos", "saleInfo"] })
    );

    let after = read(&rig, id).await;
    assert_eq!(after["subject"], "整条覆盖后的标题");
    assert_eq!(after["skuInfos"], json!([product["skuInfos"][0]]), "the choice that stayed is the same one");
    assert!(
        after["attributes"]
            .as_array()
            .expect("a list")
            .iter()
            .any(|it| it["value"] == "义乌" && it["isCustom"] == true)
    );
    for (block, field) in [("shippingInfo", "packageSize"), ("saleInfo", "invReduceType")] {
        assert!(!product[block][field].is_null() && after[block][field].is_null(), "{field}");
    }
    let mut bare = after.clone();
    bare["image"] = Value::Null;
    assert_eq!(edit(&bare).await, json!({ "errorMsg": "商品主图不能为空且不能超过5张" }));
    for _ in 1..30 {
        assert_eq!(edit(&after).await["errorMsg"], "");
    }
    assert!(edit(&after).await["errorMsg"].as_str().expect("text").contains("30"));
    rig.set_clock("2026-11-24T00:00:01+08:00").await;
    assert_eq!(edit(&after).await["errorMsg"], "", "a new day");
    let counts: Vec<u64> = rig.effects().await.iter().map(|row| row["count"].as_u64().expect("a count")).collect();
    assert_eq!(counts, [1, 30]);
}

#[tokio::test]
async fn a_main_picture_is_changed_and_the_old_one_can_be_put_back() {
    let rig = with_all_rights().await;
    let product = rig.product(has_skus).await;
    let (id, old) = (product["productID"].to_string(), product["image"]["images"][0].as_str().expect("a path"));
    let show = async |paths: Value, subject: &str| {
        let image = json!({ "images": paths }).to_string();
        let fields = [("productID", id.as_str()), ("image", &image), ("subject", subject), WEB];
        rig.call(PRODUCT, "alibaba.product.incrementModify", &fields).await
    };
    let alone = show(json!([old]), "").await;
    assert_eq!((&alone["success"], &alone["errorCode"]), (&json!("false"), &json!("400_1")));
    let changed = show(json!(["https://cbu01.alicdn.com/img/ibank/O1CN01demo.jpg"]), "新图").await;
    assert_eq!(changed["result"]["image"]["images"], json!(["img/ibank/O1CN01demo.jpg"]));
    assert!(rig.get(old).await.status().is_success(), "orders go on showing the old picture");
    assert_eq!(show(json!([old]), "旧图").await["result"]["image"]["images"], json!([old]));
    assert!(rig.get(old).await.status().is_success());
    assert_eq!(rig.effects().await.len(), 2);
}

#[tokio::test]
async fn prices_are_edited_in_fen_and_all_ranges_are_replaced() {
    let rig = with_all_rights().await;
    let product = rig.product(has_skus).await;
    let id = product["productID"].to_string();
    let sku = product["skuInfos"][1]["skuId"].clone();
    let edit = async |ranges: Value, skus: Value| {
        let (ranges, skus) = (ranges.to_string(), skus.to_string());
        let fields = [("productId", id.as_str()), ("priceRangList", &ranges), ("skuPriceList", &skus)];
        rig.call(PRODUCT, "alibaba.product.price.edit", &fields).await
    };
    let step = |from: i64, price: i64| json!({ "startQuantity": from, "price": price });
    let reply = edit(json!([step(2, 1_990), step(50, 1_850)]), json!([{ "skuId": sku, "price": 2_105 }])).await;
    let after = &reply["productInfo"];
    assert_eq!(reply["success"], true);
    assert_eq!(
        after["saleInfo"]["priceRanges"],
        json!([{ "startQuantity": 2, "price": 19.9 }, { "startQuantity": 50, "price": 18.5 }])
    );
    assert_eq!(after["skuInfos"][1]["price"], 21.05);
    assert_eq!(*after, read(&rig, &product["productID"]).await);
    for (ranges, skus) in [
        (json!([step(2, 1_800), step(50, 1_900)]), json!([])),
        (json!([step(2, 0)]), json!([])),
        (json!([]), json!([])),
        (json!([step(2, 1_800)]), json!([{ "skuId": 1, "price": 100 }])),
    ] {
        let refused = edit(ranges, skus).await;
        assert_eq!((&refused["success"], &refused["errorCode"]), (&json!(false), &json!("400_1")), "{refused}");
    }
    assert_eq!(read(&rig, &product["productID"]).await, *after, "a refused price changes nothing");
    assert_eq!(rig.effects().await[0]["identity"], format!("product:{id}"));
    assert_eq!(rig.effects().await.len(), 1);
}

#[tokio::test]
async fn goods_leave_the_shelf_come_back_and_go_into_the_bin_each_once() {
    let rig = with_all_rights().await;
    let product = rig.product(|product| product["status"] == "published").await;
    let id = &product["productID"];
    let (one, many) = (id.to_string(), json!([id, 5]).to_string());
    let step = async |name: &str| rig.call(PRODUCT, name, &[("productIds", &many), WEB]).await["result"].clone();
    rig.set_clock("2026-11-23T11:00:00+08:00").await;
    let off = step("alibaba.product.expire").await;
    assert_eq!(off[0], json!({ "productId": id, "result": true }));
    assert_eq!((&off[1]["result"], &off[1]["code"]), (&json!(false), &json!("1003404")));
    assert_eq!(step("alibaba.product.expire").await[0]["code"], "1000600");
    assert_eq!(read(&rig, id).await["status"], "member expired");
    let changed = [("startModifyTime", "20261123110000000+0800")];
    assert_eq!(listed(&rig, &changed).await, [id.as_i64().expect("an id")], "a sync by time of change sees it");

    assert_eq!(step("alibaba.product.repost").await[0]["result"], true);
    assert_eq!(step("alibaba.product.repost").await[0]["code"], "1000600");
    let back = read(&rig, id).await;
    assert_eq!((&back["status"], &back["lastRepostTime"]), (&json!("published"), &json!("20261123110000000+0800")));

    let delete = async || rig.call(PRODUCT, "alibaba.product.delete", &[("productID", &one)]).await;
    assert_eq!(delete().await, json!({ "isSuccess": true, "reason": "操作成功!" }));
    assert_eq!(delete().await, json!({ "isSuccess": false, "reason": "商品不存在" }));
    assert_eq!(listed(&rig, &[("statusList", r#"["deleted"]"#)]).await, [id.as_i64().expect("an id")]);
    assert_eq!(read(&rig, id).await["status"], "member deleted");
    assert_eq!(step("alibaba.product.repost").await[0]["code"], "1003404");
    let effects = rig.effects().await;
    let names: Vec<&str> = effects.iter().map(|row| row["method"].as_str().expect("a name")).collect();
    assert_eq!(names, ["alibaba.product.expire", "alibaba.product.repost", "alibaba.product.delete"]);
    assert!(effects.iter().all(|row| row["count"] == 1 && row["identity"] == format!("product:{id}")));
}

#[tokio::test]
async fn what_is_off_the_shelf_is_not_bought_and_a_restart_remembers_the_same_days() {
    let dir = tempfile::tempdir().expect("a directory");
    let kept = |at: &str| Options { state_dir: Some(dir.path().to_owned()), clock: crate::rig::clock(at), ..options() };
    let rig = Rig::with(kept(crate::rig::NOW)).await;
    let ids = listed(&rig, &[("statusList", r#"["published"]"#)]).await;
    let gone = &ids[..ids.len() / 2];
    rig.call(PRODUCT, "alibaba.product.expire", &[("productIds", &json!(gone).to_string()), WEB]).await;
    rig.set_clock("2026-11-27T10:00:00+08:00").await;
    let later = [("createStartTime", "20261124000000000+0800")];
    let orders = rig.orders(&later).await;
    let bought = |order: &Value| {
        order["productItems"]
            .as_array()
            .expect("lines")
            .iter()
            .filter_map(|line| line["productID"].as_i64())
            .collect::<Vec<_>>()
    };
    assert!(orders.len() > 50);
    assert!(orders.iter().flat_map(bought).all(|id| !gone.contains(&id)));
    rig.stop().await;
    let rig = Rig::with(kept("2026-11-27T10:00:00+08:00")).await;
    assert_eq!(rig.orders(&later).await, orders);
    rig.stop().await;
}

#[tokio::test]
async fn reviews_are_few_masked_and_the_same_every_time() {
    let rig = Rig::start().await;
    let order = rig.orders(&[("orderStatus", "success")]).await.remove(0);
    let product = &order["productItems"][0]["productID"];
    let id = product.to_string();
    let list = async |stars: &str| {
        let fields = [("productId", id.as_str()), ("page", "1"), ("pageSize", "20"), ("starLevel", stars)];
        rig.call(PRODUCT, "alibaba.product.rate.list", &fields).await
    };
    let all = list("").await;
    assert_eq!(all, list("").await);
    let total = all["totalCount"].as_u64().expect("a count");
    assert!(total > 0);
    assert!(all["modelList"].as_array().expect("a list").iter().all(|rate| {
        rate["offerId"] == *product && rate["raterUserNick"].as_str().is_some_and(|nick| nick.ends_with("***"))
    }));
    let mut by_stars = 0;
    for stars in ["1", "2", "3", "4", "5"] {
        by_stars += list(stars).await["totalCount"].as_u64().expect("a count");
    }
    assert_eq!(by_stars, total);
}
