//! From an answer's words to a value of the asked type: find the one JSON text in them, and hold it against the schema.
//!
//! Nothing is repaired here. A repairer turns a cut text into data that fits the schema and says something else.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::Validator;
use serde_json::Value;

use super::ground::Problem;

/// How many problems a retry names; more only repeat the first ones.
const NAMED: usize = 5;
/// How deep a schema may refer to itself before it is left as it is.
const DEEPEST: usize = 16;

/// Schemas that are kept ready before it starts over: far more than there are skills.
const READY: usize = 64;

/// A schema made ready: each is asked for again and again.
pub(super) struct Ready {
    /// As a model reads it, see [`inlined`].
    pub(super) inlined: Value,
    /// The same as text.
    pub(super) told: String,
    /// Or why it cannot hold an answer to anything.
    validator: Result<Validator, String>,
}

/// Makes a schema ready, or finds it so.
pub(super) fn ready(schema: &Value) -> Arc<Ready> {
    static KNOWN: LazyLock<Mutex<HashMap<Value, Arc<Ready>>>> = LazyLock::new(Mutex::default);
    if let Some(ready) = KNOWN.lock().expect("nothing panics while holding it").get(schema) {
        return Arc::clone(ready);
    }
    let inlined = inlined(schema);
    let validator = jsonschema::options().should_validate_formats(true).build(schema).map_err(|e| e.to_string());
    let ready = Arc::new(Ready { told: inlined.to_string(), inlined, validator });
    let mut known = KNOWN.lock().expect("nothing panics while holding it");
    if known.len() >= READY {
        known.clear();
    }
    known.insert(schema.clone(), Arc::clone(&ready));
    ready
}

/// The value that an answer holds.
///
/// # Errors
/// What is wrong with it, in words that go back to the model.
pub fn typed(answer: &str, schema: &Value) -> Result<Value, Vec<Problem>> {
    let value = extract(answer, schema)?;
    let ready = ready(schema);
    let validator =
        ready.validator.as_ref().map_err(|e| vec![Problem::new("schema", &format!("无法用来核对：{e}"))])?;
    let problems: Vec<_> = validator
        .iter_errors(&value)
        .take(NAMED)
        .map(|error| {
            let path = error.instance_path().to_string();
            let place = if path.is_empty() { "整个回答".to_owned() } else { path };
            Problem::new(&place, &format!("不符合 JSON Schema：{}", shortened(&error.to_string())))
        })
        .collect();
    if problems.is_empty() { Ok(value) } else { Err(problems) }
}

/// The one JSON text of an answer. Two of them are no answer: nobody knows which is meant.
fn extract(answer: &str, schema: &Value) -> Result<Value, Vec<Problem>> {
    let whole = |why: &str| vec![Problem::new("整个回答", why)];
    let open = if schema.get("type").and_then(Value::as_str) == Some("array") { '[' } else { '{' };
    if let Ok(value) = serde_json::from_str(answer) {
        return Ok(value);
    }
    let Some(start) = answer.find(open) else { return Err(whole("里没有 JSON")) };
    let mut texts = serde_json::Deserializer::from_str(&answer[start..]).into_iter::<Value>();
    let value = match texts.next() {
        Some(Ok(value)) => value,
        Some(Err(error)) if error.is_eof() => return Err(whole("里的 JSON 没有写完")),
        _ => return Err(whole("里的 JSON 写法有误，请只输出合法的 JSON")),
    };
    let rest = &answer[start + texts.byte_offset()..];
    let another = rest.match_indices(open).any(|(at, _)| {
        let mut texts = serde_json::Deserializer::from_str(&rest[at..]).into_iter::<Value>();
        matches!(texts.next(), Some(Ok(_)))
    });
    if another { Err(whole("里有不止一个 JSON，只能有一个")) } else { Ok(value) }
}

/// The schema with every `$ref` put in place: providers differ in what they follow, and a model reads it more easily.
#[must_use]
pub fn inlined(schema: &Value) -> Value {
    let mut flat = inline(schema, schema, 0);
    if let Some(fields) = flat.as_object_mut() {
        fields.remove("$defs");
        fields.remove("$schema");
    }
    // A type that holds itself cannot be written out; its references stay, and so must what they refer to.
    if flat.to_string().contains("\"#/$defs/") { schema.clone() } else { flat }
}

fn inline(node: &Value, root: &Value, depth: usize) -> Value {
    match node {
        Value::Object(fields) => {
            let target =
                fields.get("$ref").and_then(Value::as_str).and_then(|path| root.pointer(path.strip_prefix('#')?));
            let mut out = match target {
                Some(target) if depth < DEEPEST => match inline(target, root, depth + 1) {
                    Value::Object(target) => target,
                    other => return other,
                },
                _ => serde_json::Map::new(),
            };
            let replaced = target.is_some() && depth < DEEPEST;
            for (name, value) in fields.iter().filter(|(name, _)| !(replaced && *name == "$ref")) {
                let value = if name == "$defs" { value.clone() } else { inline(value, root, depth) };
                out.insert(name.clone(), value);
            }
            Value::Object(out)
        }
        Value::Array(items) => items.iter().map(|item| inline(item, root, depth)).collect(),
        other => other.clone(),
    }
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(200).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde_json::json;

    use super::*;

    #[derive(JsonSchema)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its schema is wanted")]
    struct Draft {
        /// The new title.
        #[schemars(length(max = 10))]
        title: String,
        mood: Mood,
    }

    #[derive(JsonSchema)]
    #[serde(rename_all = "snake_case")]
    #[expect(dead_code, reason = "only its schema is wanted")]
    enum Mood {
        Calm,
        Glad,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is wanted")]
    struct Tree {
        branches: Vec<Tree>,
    }

    fn schema() -> Value {
        schemars::schema_for!(Draft).to_value()
    }

    #[test]
    fn the_json_is_found_among_words() {
        let wanted = json!({"title": "好{的}\"", "mood": "calm"});
        for answer in [
            wanted.to_string(),
            format!("好的，如下：\n{wanted}\n希望有帮助 :-}}"),
            format!("```json\n{wanted}\n```"),
            serde_json::to_string_pretty(&wanted).unwrap(),
        ] {
            assert_eq!(typed(&answer, &schema()), Ok(wanted.clone()), "{answer}");
        }
    }

    #[test]
    fn what_is_cut_doubled_or_loose_is_no_answer() {
        for (answer, why) in [
            ("抱歉，我不能", "没有 JSON"),
            (r#"{"title": "亲，今"#, "没有写完"),
            (r#"{"title": "好", "mood": "calm""#, "没有写完"),
            (r#"{"title": "好", "mood": "calm"} {"title": "坏", "mood": "glad"}"#, "不止一个"),
            (r"{'title': '好'}", "写法有误"),
            (r#"{“title”：“好”}"#, "写法有误"),
            (r#"格式是{title}：{"title":"好","mood":"calm"}"#, "写法有误"),
        ] {
            let problems = typed(answer, &schema()).unwrap_err();
            assert!(problems[0].to_string().contains(why), "{answer}: {problems:?}");
        }
    }

    #[test]
    fn every_breach_of_the_schema_is_named_with_its_place() {
        let answer = r#"{"title": "一二三四五六七八九十超", "mood": "angry", "price": 1}"#;
        let problems: Vec<_> = typed(answer, &schema()).unwrap_err().iter().map(ToString::to_string).collect();
        let all = problems.join("\n");
        assert_eq!(problems.len(), 3, "{all}");
        assert!(all.contains("/title") && all.contains("/mood") && all.contains("price"), "{all}");
    }

    #[test]
    fn references_are_put_in_place_unless_a_type_holds_itself() {
        let flat = inlined(&schema()).to_string();
        assert!(!flat.contains("$ref") && !flat.contains("$defs") && flat.contains("glad"), "{flat}");
        let tree = schemars::schema_for!(Tree).to_value();
        assert!(jsonschema::validator_for(&inlined(&tree)).unwrap().is_valid(&json!({"branches": [{"branches": []}]})));
    }
}
