//! Pictures go up, are listed, shown and taken away; their bytes come back as they were sent, also after a restart.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use xiaoer_sandbox::Options;

use crate::products::{WEB, read, with_all_rights};
use crate::rig::{ENROLL, PRODUCT, Rig, code, options, sign};

const ADD: &str = "alibaba.photobank.photo.add";
const WHITE: &str = "alibaba.white.image.upload";

/// A square of one colour with a frame of another.
fn picture(frame: [u8; 3], format: ImageFormat) -> Vec<u8> {
    let drawn = RgbImage::from_fn(80, 80, |x, y| {
        let inside = (10..70).contains(&x) && (10..70).contains(&y);
        Rgb(if inside { [30, 90, 60] } else { frame })
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(drawn).write_to(&mut bytes, format).expect("encoded");
    bytes.into_inner()
}

/// A multipart call: the fields are signed, the bytes are not.
async fn upload(
    rig: &Rig,
    (namespace, api): (&str, &str),
    fields: &[(&str, &str)],
    (name, bytes): (&str, &[u8]),
) -> Value {
    let mut fields = fields.to_vec();
    fields.push(("access_token", &rig.token));
    let path = format!("param2/1/{namespace}/{api}/1000000");
    let signature = sign("test123", &path, &fields);
    fields.push(("_aop_signature", &signature));
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--zaun\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    body.extend(format!("--zaun\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"x\"\r\nContent-Type: application/octet-stream\r\n\r\n").bytes());
    body.extend(bytes);
    body.extend(b"\r\n--zaun--\r\n");
    let sent = rig
        .http
        .post(format!("{}/openapi/{path}", rig.base))
        .header("content-type", "multipart/form-data; boundary=zaun")
        .body(body)
        .send()
        .await
        .expect("an answer");
    assert!(sent.status().is_success(), "{api}: {}", sent.status());
    sent.json().await.expect("JSON")
}

async fn albums(rig: &Rig) -> Vec<Value> {
    let reply = rig.call(PRODUCT, "alibaba.photobank.album.getList", &[WEB]).await;
    reply["albumInfos"].as_array().expect("a list").clone()
}

async fn first_album(rig: &Rig) -> String {
    albums(rig).await[0]["albumID"].to_string()
}

async fn add(rig: &Rig, name: &str, bytes: &[u8]) -> Value {
    let album = first_album(rig).await;
    upload(rig, (PRODUCT, ADD), &[("albumID", &album), ("name", name), WEB], ("imageBytes", bytes)).await
}

/// The path below the sandbox's own address.
fn path_of(image: &Value) -> String {
    image["url"].as_str().expect("an address").replace("https://cbu01.alicdn.com/", "")
}

#[tokio::test]
async fn a_picture_goes_up_in_both_forms_and_comes_back_byte_for_byte() {
    let rig = with_all_rights().await;
    let (png, jpg) = (picture([200, 200, 200], ImageFormat::Png), picture([9, 9, 9], ImageFormat::Jpeg));
    let first = add(&rig, "主图1", &png).await["image"].clone();
    let album = first_album(&rig).await;
    // The PHP SDK sends text, and then it is signed like any field.
    let text = BASE64_STANDARD.encode(&jpg);
    let fields = [("albumID", album.as_str()), ("name", "主图2"), ("imageBytes", &text), WEB];
    let second = rig.call(PRODUCT, ADD, &fields).await["image"].clone();
    for (image, bytes, kind) in [(&first, &png, "image/png"), (&second, &jpg, "image/jpeg")] {
        let served = rig.get(&path_of(image)).await;
        assert_eq!(served.headers()["content-type"], kind);
        assert_eq!(served.bytes().await.expect("bytes"), *bytes);
    }
    let list = [("albumID", album.as_str()), ("pageNo", "1"), ("pageSize", "50"), WEB];
    let list = rig.call(PRODUCT, "alibaba.photobank.photo.getList", &list).await;
    assert_eq!(list, json!({ "photoInfos": [second, first], "count": 2, "currentPage": 1, "pageSize": 30 }));
    let profile = rig.call(PRODUCT, "alibaba.photobank.album.getProfile", &[WEB]).await;
    assert_eq!((&profile["usedSpace"], &profile["full"]), (&json!(png.len() + jpg.len()), &json!(false)));
    assert_eq!(albums(&rig).await[0]["imageCount"], 2);

    add(&rig, "主图1", &png).await;
    let counts: Vec<Value> = rig.effects().await.iter().map(|row| row["count"].clone()).collect();
    assert_eq!(counts, [2, 1], "the same bytes sent twice are seen as twice");
}

#[tokio::test]
async fn what_is_no_picture_too_large_or_without_an_album_is_refused() {
    let rig = Rig::start().await;
    let png = picture([1, 2, 3], ImageFormat::Png);
    let mut large = png.clone();
    large.resize((2 << 20) + 1, 0);
    for (bytes, word) in
        [(&large, "2M"), (&b"<svg></svg>".to_vec(), "格式"), (&picture([1, 2, 3], ImageFormat::WebP), "格式")]
    {
        let refused = add(&rig, "图", bytes).await;
        assert_eq!(refused["errorCode"], "400_1");
        assert!(refused["errorMsg"].as_str().expect("text").contains(word), "{refused}");
    }
    assert_eq!(add(&rig, &"长".repeat(31), &png).await["errorCode"], "400_1");
    let nowhere = [("albumID", "5"), ("name", "图"), WEB];
    assert_eq!(upload(&rig, (PRODUCT, ADD), &nowhere, ("imageBytes", &png)).await["errorCode"], "404");
    let bare = [("albumID", "5"), ("name", "图"), WEB];
    assert_eq!(code(&rig.call_raw(PRODUCT, ADD, &bare).await), "gw.ParamMissing");
    let hostile = rig.get("img/ibank/..%2F..%2Fjournal.jsonl").await;
    assert_eq!(hostile.status().as_u16(), 404);
    assert!(rig.effects().await.is_empty());
}

#[tokio::test]
async fn albums_are_made_changed_and_deleted_but_not_the_first() {
    let rig = with_all_rights().await;
    let make = async |fields: &[(&str, &str)]| {
        rig.call(PRODUCT, "alibaba.photobank.album.add", &[fields, &[WEB]].concat()).await
    };
    let id = make(&[("name", "新品"), ("authority", "2"), ("password", "abcd")]).await["albumID"].clone();
    for wrong in
        [vec![("name", "新品"), ("authority", "2"), ("password", "abc")], vec![("name", "新品"), ("authority", "3")]]
    {
        assert_eq!(make(&wrong).await["errCode"], "400_1", "here the field is named errCode");
    }
    let info = json!({ "albumID": id, "name": "新品主图" }).to_string();
    let modified = rig.call(PRODUCT, "alibaba.photobank.album.modify", &[("albumInfo", &info), WEB]).await;
    assert_eq!((&modified["result"]["name"], &modified["result"]["authority"]), (&json!("新品主图"), &json!(2)));
    let missing = [("albumInfo", r#"{"albumID":5,"name":"x"}"#), WEB];
    assert_eq!(rig.call(PRODUCT, "alibaba.photobank.album.modify", &missing).await["errorCode"], "404");
    let of_type = async |kind: &str| {
        let reply = rig.call(PRODUCT, "alibaba.photobank.album.getList", &[("albumType", kind), WEB]).await;
        reply["albumInfos"].as_array().map(Vec::len)
    };
    assert_eq!((of_type("MY").await, of_type("CUSTOM").await, of_type("AUDTING").await), (Some(2), Some(1), Some(0)));
    assert_eq!(of_type("AUDITING").await, None, "only the misspelt word is known");

    let delete = async |id: &str| rig.call(PRODUCT, "alibaba.photobank.album.delete", &[("albumID", id), WEB]).await;
    assert_eq!(delete(&first_album(&rig).await).await["isSuccess"], false);
    assert_eq!(delete(&id.to_string()).await, json!({ "isSuccess": true }));
    assert_eq!(delete(&id.to_string()).await["isSuccess"], false);
    let again = make(&[("name", "又一个")]).await["albumID"].clone();
    assert!(again.as_i64() > id.as_i64(), "a number is not given twice");
}

#[tokio::test]
async fn a_picture_is_renamed_and_deleted_and_each_refusal_has_its_code() {
    let rig = with_all_rights().await;
    let image = add(&rig, "旧名", &picture([5, 5, 5], ImageFormat::Png)).await["image"].clone();
    let id = image["id"].clone();
    let modify = async |info: Value| {
        rig.call(PRODUCT, "alibaba.photobank.photo.modify", &[("imageInfo", &info.to_string()), WEB]).await
    };
    let changed = modify(json!({ "imageId": id.to_string(), "name": "新名" })).await;
    assert_eq!(changed, json!({ "result": { "imageId": id, "name": "新名", "description": "" } }));
    assert_eq!(modify(json!({ "name": "x" })).await["errorCode"], "400_2");
    assert_eq!(modify(json!({ "imageId": id })).await["errorCode"], "400_3");
    assert_eq!(modify(json!({ "imageId": 5, "name": "x" })).await["errorCode"], "120003");

    let delete = async || {
        rig.call(PRODUCT, "alibaba.photobank.photo.delete", &[("photoID", &id.to_string()), WEB]).await["isSuccess"]
            .clone()
    };
    assert_eq!((delete().await, delete().await), (json!(true), json!(false)));
    assert!(rig.get(&path_of(&image)).await.status().is_success(), "what products show goes on being shown");
    let other = add(&rig, "又一张", &picture([6, 6, 6], ImageFormat::Png)).await["image"]["id"].clone();
    let batch = async |ids: Value| {
        rig.call(PRODUCT, "alibaba.photobank.photo.deleteBatch", &[("imageIds", &ids.to_string()), WEB]).await
    };
    let gone = batch(json!([other, id])).await["result"].clone();
    assert_eq!(gone[0], json!({ "imageId": other, "result": true }));
    assert_eq!((&gone[1]["result"], &gone[1]["code"]), (&json!(false), &json!("120003")));
    assert_eq!(batch(json!(vec![1; 21])).await["errorCode"], "400_1");
}

#[tokio::test]
async fn a_product_shows_its_new_picture_after_a_restart_too() {
    let dir = tempfile::tempdir().expect("a directory");
    let kept = || Options { state_dir: Some(dir.path().to_owned()), withheld: Vec::new(), ..options() };
    let rig = Rig::with(kept()).await;
    let product = rig.product(|product| product["status"] == "published").await;
    let bytes = picture([250, 250, 250], ImageFormat::Png);
    let image = add(&rig, "白底图", &bytes).await["image"].clone();
    let (id, shown) = (product["productID"].to_string(), json!({ "images": [image["url"]] }).to_string());
    let fields = [("productID", id.as_str()), ("image", &shown), ("subject", "换了主图"), WEB];
    assert_eq!(rig.call(PRODUCT, "alibaba.product.incrementModify", &fields).await["success"], "true");
    let before = read(&rig, &product["productID"]).await;
    let (effects, list) = (rig.effects().await, albums(&rig).await);
    rig.stop().await;

    let lines = std::fs::read_to_string(dir.path().join("journal.jsonl")).expect("the journal");
    assert!(lines.lines().all(|line| line.len() < 2_000), "no bytes of pictures in it");
    let rig = Rig::with(kept()).await;
    let after = read(&rig, &product["productID"]).await;
    assert_eq!(after, before);
    let path = after["image"]["images"][0].as_str().expect("a path");
    assert_eq!(rig.get(path).await.bytes().await.expect("bytes"), bytes);
    assert_eq!((rig.effects().await, albums(&rig).await), (effects, list));
    rig.stop().await;
}

#[tokio::test]
async fn only_a_picture_on_white_is_a_white_picture() {
    let rig = Rig::start().await;
    let white = picture([255, 255, 255], ImageFormat::Png);
    let taken = upload(&rig, (ENROLL, WHITE), &[], ("data", &white)).await;
    assert_eq!(taken["success"], true);
    let path = taken["result"].as_str().expect("an address").replace("https://cbu01.alicdn.com/", "");
    assert_eq!(rig.get(&path).await.bytes().await.expect("bytes"), white);
    let refused = upload(&rig, (ENROLL, WHITE), &[], ("data", &picture([200, 255, 255], ImageFormat::Png))).await;
    assert_eq!(refused, json!({ "result": null, "success": false, "code": "400_1", "message": "不符合白底图要求" }));
    assert_eq!(rig.effects().await.len(), 1);
}
