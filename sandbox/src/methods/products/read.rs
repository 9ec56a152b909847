//! Reading products: the list with its filters, one of them, some of them, and those of a status.

use serde_json::{Value, json};

use super::record::record;
use super::{BLANK, ids, own};
use crate::clock::Moment;
use crate::methods::{Answer, ShopCall};
use crate::wire::envelope::GatewayError;
use crate::wire::params::{Page, Params, Window};
use crate::world::product::Product;

const MOST: i64 = 20;
/// What every record says of its quality.
const STARS: i64 = 4;

pub(in crate::methods) fn list(call: &mut ShopCall<'_>) -> Answer {
    let filter = Filter::read(call.params)?;
    let mut reply = pages(call, &filter)?;
    reply["success"] = json!(true);
    reply["code"] = json!(BLANK);
    reply["message"] = json!(BLANK);
    Ok(reply)
}

/// The same frame without any flag.
pub(in crate::methods) fn by_status(call: &mut ShopCall<'_>) -> Answer {
    let filter = Filter { statuses: call.params.json("statusList")?, ..Filter::default() };
    pages(call, &filter)
}

fn pages(call: &ShopCall<'_>, filter: &Filter) -> Answer {
    let number = call.params.int("pageNo")?.unwrap_or(1);
    let page = Page::new((number, 1), call.params.int("pageSize")?.unwrap_or(MOST), MOST);
    let (shop, now) = (call.shop(), call.now);
    let mut found: Vec<&Product> = shop.products.iter().filter(|product| filter.holds(product, now)).collect();
    sort(call.params, now, &mut found);
    let total = found.len();
    let records: Vec<Value> = page.of(found).into_iter().map(|product| record(shop, product, now)).collect();
    Ok(json!({
        "result": { "pageResult": { "pageIndex": number, "sizePerPage": page.size, "totalRecords": total, "resultList": records } },
    }))
}

pub(in crate::methods) fn get(call: &mut ShopCall<'_>) -> Answer {
    let id = call.params.int("productID")?.unwrap_or(0);
    let shop = call.shop();
    Ok(match shop.product(id).filter(|product| product.is_readable(call.now)) {
        Some(product) => {
            let groups = json!([{ "support": true, "description": "", "code": "" }]);
            json!({ "productInfo": record(shop, product, call.now), "bizGroupInfos": groups, "errMsg": BLANK })
        }
        None => json!({ "errMsg": format!("{id}:商品不存在") }),
    })
}

/// What is missing is named in the message, and the call is a success all the same.
pub(in crate::methods) fn by_ids(call: &mut ShopCall<'_>) -> Answer {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for id in ids(call, "productIdList")? {
        match own(call, id).ok().filter(|product| product.is_readable(call.now)) {
            Some(product) => found.push(record(call.shop(), product, call.now)),
            None => missing.push(format!("{id}:商品不存在")),
        }
    }
    let mut reply = json!({ "productList": found, "success": true });
    if !missing.is_empty() {
        reply["message"] = json!(missing.join(","));
    }
    Ok(reply)
}

/// Which products a call asks for. `needDetail`, `needFreight`, `needUserCategoryInfo` and `signs` are taken and change
/// nothing: what they leave out is not known.
#[derive(Debug, Default)]
struct Filter {
    statuses: Option<Vec<String>>,
    category: Option<i64>,
    ids: Option<Vec<i64>>,
    modified: Option<Window>,
    published: Option<Window>,
    expires: Option<Window>,
    word: Option<String>,
    cargo: Option<String>,
    groups: Option<Vec<i64>>,
    stars: (Option<i64>, Option<i64>),
    /// Fen.
    price: (Option<i64>, Option<i64>),
    online: Option<bool>,
    private: Option<bool>,
}

impl Filter {
    fn read(params: &Params) -> Result<Self, GatewayError> {
        let text = |name| params.text(name).map(str::to_owned);
        let fen = |name: &str| match params.text(name) {
            None => Ok(None),
            Some(yuan) => super::draft::fen_of(yuan).map(Some).ok_or_else(|| GatewayError::wrong_type(name)),
        };
        Ok(Self {
            statuses: params.json("statusList")?,
            category: params.int("categoryId")?,
            ids: params.json("productIds")?,
            modified: Some(params.window("startModifyTime", "endModifyTime")?),
            published: Some(params.window("startPublishTime", "endPublishTime")?),
            expires: Some(params.window("startExpiredTime", "endExpiredTime")?),
            word: text("subjectKey"),
            cargo: text("cargoNumber"),
            groups: params.json("groupIds")?,
            stars: (params.int("beginStar")?, params.int("endStar")?),
            price: (fen("priceStart")?, fen("priceEnd")?),
            online: params.boolean("supportOnlineTrade")?,
            private: params.boolean("privateOffer")?,
        })
    }

    fn holds(&self, product: &Product, now: Moment) -> bool {
        let within = |(from, to): (Option<i64>, Option<i64>), value: i64| {
            from.is_none_or(|from| from <= value) && to.is_none_or(|to| value <= to)
        };
        let in_time = |window: Option<Window>, at: Moment| window.is_none_or(|window| window.holds(at));
        self.statuses.as_ref().is_none_or(|set| set.iter().any(|asked| is_status(asked, product.status_at(now))))
            && self.category.is_none_or(|category| category == product.category)
            && self.ids.as_ref().is_none_or(|ids| ids.contains(&product.id))
            && in_time(self.modified, product.modified_at(now))
            && in_time(self.published, product.created)
            && in_time(self.expires, product.created.plus_days(3650))
            && self.word.as_ref().is_none_or(|word| product.title().contains(word.as_str()))
            && self.cargo.as_ref().is_none_or(|cargo| product.cargo == *cargo)
            && self.groups.as_ref().is_none_or(|groups| groups.iter().any(|group| product.groups.contains(group)))
            && within(self.stars, STARS)
            && within(self.price, product.base_price())
            && self.online.is_none_or(|online| online == product.online)
            // No offer of these shops is for chosen buyers only.
            && self.private != Some(true)
    }
}

/// `deleted` and `expired` stand for all ways to become so.
fn is_status(asked: &str, status: &str) -> bool {
    asked == status || (matches!(asked, "deleted" | "expired") && status.ends_with(asked))
}

/// Only sorting by `ID` walks all items once: other keys have equals, and equals change places between pages on the
/// platform.
fn sort(params: &Params, now: Moment, found: &mut [&Product]) {
    match params.text("orderByCondition") {
        Some("CREATE_DATE" | "POST_DATE" | "APPROVED_DATE" | "EXPIRE_DATE") => {
            found.sort_by_key(|product| product.created);
        }
        Some("STATUS") => found.sort_by_key(|product| product.status_at(now)),
        Some("GROUP_ID") => found.sort_by_key(|product| product.groups.first().copied()),
        Some("PRICE") => found.sort_by_key(|product| product.base_price()),
        Some("SALE_QUANTITY") => found.sort_by_key(|product| product.popular),
        Some("ID") => found.sort_by_key(|product| product.id),
        _ => found.sort_by_key(|product| product.modified_at(now)),
    }
    if params.text("orderByType") != Some("ASC") {
        found.reverse();
    }
}
