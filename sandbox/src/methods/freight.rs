//! `freightTemplate.getList`: the shop's freight templates. They cannot be changed over the wire.

use serde_json::json;

use super::{Answer, ShopCall};

pub(super) fn templates(call: &mut ShopCall<'_>) -> Answer {
    let profile = &call.shop().profile;
    let from = format!("{} {} {}", profile.place.province, profile.place.city, profile.place.area);
    let template = |id: i64, name: &str, remark: &str| {
        json!({
            "id": id,
            "name": name,
            "remark": remark,
            "status": 1,
            "memberId": profile.member_id,
            "addressCodeText": from,
            "fromAreaCode": profile.place.code,
        })
    };
    Ok(json!({
        "freightTemplates": [
            template(11_167_193, "全国默认模板", "首重3元"),
            template(11_167_194, "包邮模板", "偏远地区除外"),
        ],
    }))
}
