//! `account.basic`: who the shop is. The platform tells no growth level here or anywhere.

use serde_json::json;

use super::{Answer, ShopCall};
use crate::world::Industry;

pub(super) fn basic(call: &mut ShopCall<'_>) -> Answer {
    let profile = &call.shop().profile;
    let (industry, category, product) = match profile.industry {
        Industry::Consumer => ("日用百货", 1_048_182, "保温杯,收纳盒,帆布袋"),
        Industry::Industrial => ("五金机电", 1_033_712, "螺栓,轴承,密封圈"),
    };
    Ok(json!({
        "result": {
            "loginId": profile.login_id,
            "memberId": profile.member_id,
            "userId": profile.user_id,
            "companyName": profile.company,
            "supplierName": profile.company,
            "sellerName": profile.contact,
            "categoryId": category,
            "categoryName": industry,
            "industry": industry,
            "product": product,
            "saleKeywords": product,
            "buyKeywords": "包装材料,快递袋",
            "maturity": 0,
            "trustScore": 3,
            "tpYear": 3,
            "enterpriseAccount": true,
            "personAccount": false,
            "memberBizType": "ENTERPRISE",
            "createDate": profile.joined.stamp(),
            "gmtPaidJoin": profile.joined.plus_days(30).stamp(),
            "joinFrom": "CJ_COMMON_JOIN_M",
            "shopUrl": format!("https://{}.1688.com", profile.login_id),
            "domainInPlatforms": [profile.login_id],
            "addressLocation": format!("{} {}", profile.place.province, profile.place.city),
            "rateNum": 0,
            "rateSum": 0,
            "buyRate": 3,
            "saleRate": 4,
            "icon": "/cms/upload/2011/116/401/104611_1301427272.png",
            "fm": false,
        },
        "success": true,
    }))
}
