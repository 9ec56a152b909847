//! What is offered: every skill as a tool with the form that its manifest declares, and three tools around them. There is no tool that
//! decides, and none may be added.

use std::sync::Arc;

use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Map, Value, json};
use xiaoer_sdk::Manifest;

/// Names the shops. Names of skills have no underscore, so these three are never a skill's.
pub(super) const SHOPS: &str = "list_shops";
/// Tells what came of a run.
pub(super) const RUN: &str = "get_run";
/// Asks a person to decide.
pub(super) const DECIDE: &str = "ask_for_decision";

/// Arguments that every skill's tool has. A field of the same name is called `form_…`.
const OURS: [&str; 2] = ["shop", "as_of"];

/// The tool of a skill.
pub(super) fn of(manifest: &Manifest) -> Tool {
    let mut form = crate::chat::form(manifest);
    let fields = form["properties"].as_object().cloned().unwrap_or_default();
    let mut properties: Map<String, Value> = fields.into_iter().map(|(name, of)| (argument(&name), of)).collect();
    properties.insert("shop".into(), shop());
    let day = "报告说到哪一天为止，写成 2026-01-31；不给就是数据完整的最后一天";
    properties.insert("as_of".into(), json!({ "type": "string", "format": "date", "description": day }));
    let asked = form["required"].as_array().cloned().unwrap_or_default();
    let required = asked.iter().filter_map(Value::as_str).map(argument).chain(["shop".into()]);
    form["required"] = required.collect();
    form["properties"] = Value::Object(properties);
    let mut description = manifest.description.clone();
    if !manifest.proposes.is_empty() {
        description.push_str("只提出修改建议，要商家本人在小二里批准后才会执行。");
    }
    tool(&manifest.name, (&manifest.title, description), &form)
        .with_raw_output_schema(object(&outcome()))
        // Each call is a run of its own; what it proposes is only a proposal. What a plugin reaches beyond the shop is the open world.
        .with_annotations(
            hints(&manifest.title, manifest.proposes.is_empty()).open_world(!manifest.beyond.http.is_empty()),
        )
}

/// The tools around the skills.
pub(super) fn around() -> [Tool; 3] {
    let of_shop = |run: Value, required: &[&str]| {
        json!({ "type": "object", "properties": { "shop": shop(), "run": run },
                "required": required, "additionalProperties": false })
    };
    let run = |says: &str| json!({ "type": "string", "description": says });
    let read = |title: &str| hints(title, true).idempotent(true).open_world(false);
    let none = json!({ "type": "object", "properties": {}, "additionalProperties": false });
    [
        tool(SHOPS, ("有哪些店铺", "列出店铺的编号和名称；别的工具要用编号。".into()), &none)
            .with_annotations(read("有哪些店铺")),
        tool(
            RUN,
            ("查看一次运行", "等一次运行结束并给出报告；用在运行很久、先拿到了运行编号的时候。".into()),
            &of_shop(run("运行编号"), &["shop", "run"]),
        )
        .with_raw_output_schema(object(&outcome()))
        .with_annotations(read("查看一次运行")),
        tool(
            DECIDE,
            (
                "请商家决定修改建议",
                "请商家本人打开小二的审批页面，决定还在等待的修改建议，然后说明每一项现在怎样。这个工具自己不批准也不执行任何修改。".into(),
            ),
            &of_shop(run("只问这次运行的建议；不给就是这个店铺所有等待的建议"), &["shop"]),
        )
        .with_annotations(read("请商家决定修改建议")),
    ]
}

/// What a skill's own arguments are called in its form.
pub(super) fn field(argument: &str) -> String {
    argument.strip_prefix("form_").filter(|name| OURS.contains(name)).unwrap_or(argument).to_owned()
}

fn argument(field: &str) -> String {
    if OURS.contains(&field) { format!("form_{field}") } else { field.to_owned() }
}

fn tool(name: &str, (title, description): (&str, String), form: &Value) -> Tool {
    Tool::new(name.to_owned(), description, object(form)).with_title(title)
}

fn hints(title: &str, reads_only: bool) -> ToolAnnotations {
    ToolAnnotations::with_title(title).read_only(reads_only).destructive(false).idempotent(false)
}

fn shop() -> Value {
    json!({ "type": "string", "maxLength": 40, "description": format!("店铺编号，{SHOPS} 会列出来") })
}

/// The structured part of an answer about a run.
fn outcome() -> Value {
    let text = |says: &str| json!({ "type": "string", "description": says });
    json!({
        "type": "object",
        "properties": {
            "run": text("运行编号"), "shop": text("店铺编号"), "skill": text("技能"), "title": text("标题"),
            "state": { "type": "string", "enum": ["queued", "running", "done", "failed", "blocked", "cancelled"] },
            "why": text("没有报告的原因"), "as_of": text("说到哪一天"), "link": text("在控制台查看"),
            "summary": text("一句话"),
            "facts": { "type": "object", "description": "每个数字和它的来源；金额是字符串" },
            "proposals": { "type": "array", "items": { "type": "object" }, "description": "修改建议，等商家本人决定" },
        },
        "required": ["run", "shop", "skill", "state", "link"],
    })
}

fn object(value: &Value) -> Arc<JsonObject> {
    Arc::new(value.as_object().cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use xiaoer_sdk::FieldKind;

    use super::*;

    #[test]
    fn a_tool_says_what_its_manifest_says() {
        for entry in xiaoer_skills::all() {
            let manifest = entry.skill.manifest();
            let tool = serde_json::to_value(of(&manifest)).expect("JSON");
            assert_eq!(tool["name"], manifest.name.as_str());
            assert_eq!(tool["title"], manifest.title.as_str());
            let properties = tool["inputSchema"]["properties"].as_object().expect("an object");
            assert_eq!(properties.len(), manifest.fields.len() + 2, "{tool}");
            assert!(tool["inputSchema"]["required"].as_array().expect("a list").contains(&json!("shop")));
            assert_eq!(tool["annotations"]["readOnlyHint"], manifest.proposes.is_empty());
            assert_eq!(tool["annotations"]["destructiveHint"], false);
        }
    }

    #[test]
    fn a_field_that_is_called_like_ours_keeps_its_own_place() {
        let text = FieldKind::Text { max: 9 };
        let manifest = Manifest::new("data", "own-shop", "试").field("shop", "自己的", text, "");
        let tool = serde_json::to_value(of(&manifest)).expect("JSON");
        assert_eq!(tool["inputSchema"]["properties"]["form_shop"]["description"], "自己的");
        assert_eq!((field("form_shop"), field("form_days")), ("shop".into(), "form_days".into()));
    }
}
