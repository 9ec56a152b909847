//! THE list of tools: what a model may ask for in a talk with one role.
//!
//! A role's own skills, reads that one of these skills declares, and what an owner lent the role of other people's ([`crate::mcp`]). Nothing here decides, approves or executes, and no tool takes the
//! name of a run, an action or a shop: what is not in this list cannot be asked for.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::{Map, Value, json};
use xiaoer_sdk::{FieldKind, Manifest, Read, quoted_to};

use crate::llm::talk::Tool;
use crate::mcp::Lent;

/// Reads of the shop: name, what a person reads, what a model is told, the grant it needs.
const READS: [(&str, &str, &str, Read); 5] = [
    (
        "read_score",
        "查生意积分",
        "某一天的生意积分、L等级、离下一级还差多少，以及较上周同日各部分积分的变化",
        Read::Score,
    ),
    ("read_dropping", "查往后会掉的积分", "如果没有新订单，往后每天会掉出多少积分", Read::Score),
    (
        "read_sales",
        "查支付情况",
        "一段日子的支付金额、订单数、买家数，并和上一期比较；不给日期就是最近一周",
        Read::Orders,
    ),
    ("read_refunds", "查退款", "等着处理的退款有多少、申请金额多少、最早的期限，以及近期已退金额", Read::Refunds),
    ("read_products", "查商品", "按标题里的字找商品，看库存和近期售出件数", Read::Products),
];
/// Characters of an argument that are shown.
const SHOWN: usize = 40;
/// Characters of a search.
const QUERY: u64 = 40;

/// The tools of one role.
pub(super) struct Tools {
    skills: Vec<Manifest>,
    lent: Vec<Lent>,
}

/// A call that was understood.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Wanted {
    /// A skill of the role.
    Skill { skill: String, title: String, input: Map<String, Value> },
    /// The score of a day.
    Score(Option<NaiveDate>),
    /// What falls out.
    Dropping,
    /// Sales of some days.
    Sales(Option<NaiveDate>, Option<NaiveDate>),
    /// Refunds.
    Refunds,
    /// Products.
    Products(String),
    /// Somebody else's tool, by its place among those that were lent.
    Lent { at: usize, input: Map<String, Value> },
}

impl Tools {
    /// Of a role with these skills, to which these were lent.
    pub(super) fn of(skills: Vec<Manifest>, lent: Vec<Lent>) -> Self {
        Self { skills, lent }
    }

    /// One that was lent.
    pub(super) fn lent(&self, at: usize) -> Option<&Lent> {
        self.lent.get(at)
    }

    /// What a model is told of them.
    pub(super) fn offered(&self) -> Vec<Tool> {
        let skills = self.skills.iter().map(|manifest| Tool {
            name: format!("run_{}", manifest.name),
            about: format!("运行技能“{}”：{}", manifest.title, manifest.description),
            parameters: form(manifest),
        });
        let reads = self.granted().map(|(name, _, about, _)| Tool {
            name: (*name).into(),
            about: (*about).into(),
            parameters: match *name {
                "read_score" => object(&json!({ "as_of": date("哪一天，不给就是数据完整的最后一天") }), &[]),
                "read_sales" => object(&json!({ "from": date("开始日"), "to": date("结束日") }), &[]),
                "read_products" => {
                    let query = json!({ "type": "string", "maxLength": QUERY, "description": "标题里的字" });
                    object(&json!({ "query": query }), &["query"])
                }
                _ => object(&json!({}), &[]),
            },
        });
        skills.chain(reads).chain(self.lent.iter().map(|lent| lent.tool.clone())).collect()
    }

    /// What a person reads of a call; an unknown one keeps a short form of the name that the model wrote.
    pub(super) fn title(&self, name: &str) -> String {
        let skill = name.strip_prefix("run_").and_then(|name| self.skills.iter().find(|m| m.name == name));
        let read = self.granted().find(|(known, ..)| *known == name);
        let lent = self.lent.iter().find(|lent| lent.tool.name == name);
        match (skill, read, lent) {
            (Some(manifest), ..) => manifest.title.clone(),
            (None, Some((_, title, ..)), _) => (*title).into(),
            (None, None, Some(lent)) => lent.title(),
            (None, None, None) => format!("没有的工具“{}”", quoted_to(name, SHOWN)),
        }
    }

    /// Understands a call.
    ///
    /// # Errors
    /// One sentence for the model: no such tool for this role, or arguments that do not fit.
    pub(super) fn wanted(&self, name: &str, arguments: &Value) -> Result<Wanted, String> {
        let given = match arguments {
            Value::Object(given) => given.clone(),
            Value::Null => Map::new(),
            _ => return Err("参数必须是一个 JSON 对象".into()),
        };
        if let Some(manifest) =
            name.strip_prefix("run_").and_then(|name| self.skills.iter().find(|known| known.name == name))
        {
            manifest.accept(&given).map_err(|error| error.to_string())?;
            return Ok(Wanted::Skill { skill: manifest.name.clone(), title: manifest.title.clone(), input: given });
        }
        if let Some(at) = self.lent.iter().position(|lent| lent.tool.name == name) {
            return Ok(Wanted::Lent { at, input: given });
        }
        if !self.granted().any(|(known, ..)| *known == name) {
            let known: Vec<String> = self.offered().into_iter().map(|tool| tool.name).collect();
            return Err(format!("没有这个工具；可用的工具：{}", known.join("、")));
        }
        let takes: &[&str] = match name {
            "read_score" => &["as_of"],
            "read_sales" => &["from", "to"],
            "read_products" => &["query"],
            _ => &[],
        };
        if let Some(key) = given.keys().find(|key| !takes.contains(&key.as_str())) {
            return Err(format!("不认识参数“{}”", quoted_to(key, SHOWN)));
        }
        match name {
            "read_score" => Ok(Wanted::Score(day(&given, "as_of")?)),
            "read_dropping" => Ok(Wanted::Dropping),
            "read_sales" => Ok(Wanted::Sales(day(&given, "from")?, day(&given, "to")?)),
            "read_refunds" => Ok(Wanted::Refunds),
            _ => match given.get("query").and_then(Value::as_str).map(str::trim) {
                Some(query) if !query.is_empty() && query.chars().count() <= 40 => Ok(Wanted::Products(query.into())),
                _ => Err(format!("“query”要填标题里的字，最多 {QUERY} 个字")),
            },
        }
    }

    /// The reads that one of the role's skills declares.
    fn granted(&self) -> impl Iterator<Item = &'static (&'static str, &'static str, &'static str, Read)> {
        let grants: BTreeSet<Read> = self.skills.iter().flat_map(|manifest| manifest.reads.iter().copied()).collect();
        READS.iter().filter(move |(.., needs)| grants.contains(needs))
    }
}

/// Arguments as a person reads them, short and on one line.
pub(super) fn shown(arguments: &Value) -> String {
    let Value::Object(given) = arguments else { return String::new() };
    let pair = |(key, value): (&String, &Value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), String::from);
        format!("{}：{}", quoted_to(key, SHOWN), quoted_to(&value, SHOWN))
    };
    given.iter().take(6).map(pair).collect::<Vec<_>>().join("，")
}

/// A manifest's form as a JSON schema.
pub(crate) fn form(manifest: &Manifest) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in &manifest.fields {
        let of = match &field.kind {
            FieldKind::Text { max } => json!({ "type": "string", "maxLength": max, "description": field.title }),
            FieldKind::Number { min, max } => {
                json!({ "type": "integer", "minimum": min, "maximum": max, "description": field.title })
            }
            FieldKind::Choice { options } => {
                let values: Vec<&String> = options.iter().map(|(value, _)| value).collect();
                let says: Vec<String> = options.iter().map(|(value, label)| format!("{value}：{label}")).collect();
                json!({ "type": "string", "enum": values, "description": format!("{}（{}）", field.title, says.join("；")) })
            }
        };
        properties.insert(field.name.clone(), of);
        if field.default.is_none() {
            required.push(field.name.as_str());
        }
    }
    object(&Value::Object(properties), &required)
}

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn date(says: &str) -> Value {
    json!({ "type": "string", "format": "date", "description": format!("{says}，写成 2026-01-31") })
}

fn day(given: &Map<String, Value>, key: &str) -> Result<Option<NaiveDate>, String> {
    match given.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(value) => {
            let day = value.as_str().and_then(|text| text.trim().parse().ok());
            // A day far outside of any calendar would overflow what is counted from it.
            let near = |day: &NaiveDate| (2000..2100).contains(&chrono::Datelike::year(day));
            day.filter(near).map(Some).ok_or_else(|| format!("“{key}”要写成 2026-01-31 这样的日期"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools(role: &str) -> Tools {
        let all = xiaoer_skills::all();
        let skills = all.iter().map(|entry| entry.skill.manifest()).filter(|manifest| manifest.role == role);
        Tools::of(skills.collect(), Vec::new())
    }

    #[test]
    fn a_role_gets_its_own_skills_and_the_reads_that_they_declare() {
        let names = |role: &str| tools(role).offered().into_iter().map(|tool| tool.name).collect::<Vec<_>>();
        assert_eq!(names("design"), ["run_main-image-check", "read_products"]);
        assert_eq!(names("service"), ["run_refund-advisor", "read_sales", "read_refunds"]);
        assert!(names("data").contains(&"read_score".into()) && !names("data").contains(&"run_stock-alert".into()));
    }

    #[test]
    fn what_is_not_offered_cannot_be_called() {
        let data = tools("data");
        for name in ["approve_action", "run_stock-alert", "read_orders", "run_", "", "../read_score", "READ_SCORE"] {
            assert!(data.wanted(name, &json!({})).is_err(), "{name}");
        }
        assert!(tools("design").wanted("read_score", &json!({})).is_err(), "a read without its grant");
    }

    #[test]
    fn arguments_are_read_strictly() {
        let data = tools("data");
        for (name, arguments) in [
            ("read_score", json!({ "as_of": "昨天" })),
            ("read_score", json!({ "as_of": "99999-01-01" })),
            ("read_score", json!({ "shop": "two" })),
            ("read_score", json!("x")),
            ("run_growth-plan", json!({ "days": 0 })),
            ("run_growth-plan", json!({ "nobody": 1 })),
            ("read_products", json!({ "query": "  " })),
        ] {
            assert!(data.wanted(name, &arguments).is_err(), "{name} {arguments}");
        }
        let day = "2026-11-01".parse().ok();
        assert_eq!(data.wanted("read_sales", &json!({ "from": "2026-11-01" })), Ok(Wanted::Sales(day, None)));
        assert_eq!(data.wanted("read_score", &Value::Null), Ok(Wanted::Score(None)));
    }
}
