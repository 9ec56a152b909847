//! `schemas/input.json` → the fields of a skill's form. A small part of JSON schema: one object of texts, whole numbers and choices, in
//! the order in which they stand. A field with a `default` may be left empty; one without must be filled in.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};
use xiaoer_sdk::{Field, FieldKind, Manifest};

use super::fault::{Fault, disguises, shown};

/// Where the form stands.
pub const INPUT: &str = "schemas/input.json";
const MOST_FIELDS: usize = 20;
const LONGEST_TEXT: usize = 10_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Schema {
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(rename = "title")]
    _title: Option<String>,
    #[serde(rename = "description")]
    _description: Option<String>,
    properties: Ordered<Property>,
    required: Option<Vec<String>>,
    #[serde(rename = "additionalProperties")]
    open: Option<bool>,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Object,
    String,
    Integer,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Property {
    #[serde(rename = "type")]
    kind: Kind,
    title: Option<String>,
    #[serde(rename = "description")]
    _description: Option<String>,
    default: Option<Value>,
    max_length: Option<usize>,
    minimum: Option<i64>,
    maximum: Option<i64>,
    #[serde(rename = "enum")]
    values: Option<Vec<String>>,
    one_of: Option<Vec<Choice>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    #[serde(rename = "const")]
    value: String,
    title: String,
}

/// An object whose keys keep their order, each there once.
struct Ordered<T>(Vec<(String, T)>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Ordered<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Ordered<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("fields by name")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered<T>, A::Error> {
                let mut fields: Vec<(String, T)> = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, T>()? {
                    if fields.iter().any(|(known, _)| *known == key) {
                        return Err(A::Error::custom(format!("the field {} is there twice", shown(&key))));
                    }
                    fields.push((key, value));
                }
                Ok(Ordered(fields))
            }
        }
        from.deserialize_map(Reader(PhantomData))
    }
}

/// Reads the form.
///
/// # Errors
/// The first [`Fault`], with its line where the file is not of this form at all.
pub fn parse(text: &str) -> Result<Vec<Field>, Fault> {
    let schema: Schema = serde_json::from_str(text).map_err(|error| {
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or_default().to_owned();
        let mend = "a form knows type, properties, required, and for a field type, title, default, maxLength, minimum, maximum, enum, oneOf";
        Fault::of(INPUT, what, mend).at(u64::try_from(error.line()).unwrap_or_default())
    })?;
    let of_form = |what: &str, mend: &str| Err(Fault::of(INPUT, what, mend));
    if schema.kind != Kind::Object {
        return of_form("the form is not an object", "write \"type\": \"object\" and the fields under \"properties\"");
    }
    if schema.open == Some(true) {
        return of_form(
            "the form takes fields that it does not name",
            "write \"additionalProperties\": false or leave it out",
        );
    }
    if schema.properties.0.len() > MOST_FIELDS {
        return of_form("the form has more than 20 fields", "ask for less: a merchant fills it in");
    }
    let fields = schema.properties.0.into_iter().map(|(name, property)| field(name, property));
    let fields = fields.collect::<Result<Vec<_>, _>>()?;
    for name in schema.required.iter().flatten() {
        match fields.iter().find(|field| &field.name == name) {
            Some(Field { default: None, .. }) => {}
            Some(_) => return of_form(&format!("the required field {name:?} has a default"), "take one of both away"),
            None => {
                return of_form(&format!("the required field {} is not there", shown(name)), "name fields of the form");
            }
        }
    }
    if let Some(required) = &schema.required
        && let Some(field) = fields.iter().find(|field| field.default.is_none() && !required.contains(&field.name))
    {
        let what = format!("the field {:?} is not required and has no default", field.name);
        return of_form(&what, "give it a default, \"\" for a text, or name it in \"required\"");
    }
    Ok(fields)
}

fn field(name: String, property: Property) -> Result<Field, Fault> {
    let refuse = |what: &str, mend: &str| Fault::of(INPUT, format!("the field {} {what}", shown(&name)), mend);
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !plain || !(1..=40).contains(&name.len()) {
        return Err(refuse("has a name that is not allowed", "use 1 to 40 lower-case letters, digits and underscores"));
    }
    let title = property.title.clone().ok_or_else(|| refuse("has no title", "say in Chinese what to enter"))?;
    if !(1..=40).contains(&title.chars().count()) || title.chars().any(disguises) {
        return Err(refuse("has a title that cannot be shown", "use 1 to 40 visible characters"));
    }
    let default = match &property.default {
        None => None,
        Some(Value::String(text)) => Some(text.trim().to_owned()),
        Some(Value::Number(number)) => Some(number.to_string()),
        Some(_) => return Err(refuse("has a default that is neither text nor number", "write it in quotes")),
    };
    let kind = kind(&property).map_err(|(what, mend)| refuse(what, mend))?;
    let field = Field { name: name.clone(), title, kind, default };
    if field.default.is_some() {
        let mut alone = Manifest::new("", "", "");
        alone.fields.push(field.clone());
        alone
            .accept(&Map::new())
            .map_err(|error| refuse(&format!("has a default that it does not take: {error}"), "mend it"))?;
    }
    Ok(field)
}

fn kind(property: &Property) -> Result<FieldKind, (&'static str, &'static str)> {
    let Property { max_length, minimum, maximum, values, one_of, .. } = property;
    match property.kind {
        Kind::Object => Err(("is an object", "forms have texts, whole numbers and choices")),
        Kind::Integer => match (minimum, maximum) {
            _ if max_length.is_some() || values.is_some() || one_of.is_some() => {
                Err(("is a number with rules of a text", "leave maxLength, enum and oneOf out"))
            }
            (Some(min), Some(max)) if min <= max => Ok(FieldKind::Number { min: *min, max: *max }),
            _ => Err(("has no bounds", "write minimum and maximum")),
        },
        Kind::String if minimum.is_some() || maximum.is_some() => {
            Err(("is a text with rules of a number", "leave minimum and maximum out"))
        }
        Kind::String => {
            let options = match (values, one_of) {
                (None, None) => {
                    let max = max_length.unwrap_or(200);
                    let good = (1..=LONGEST_TEXT).contains(&max);
                    return good
                        .then_some(FieldKind::Text { max })
                        .ok_or(("has no length that can be kept", "write a maxLength of 1 to 10000"));
                }
                (Some(values), None) => values.iter().map(|value| (value.clone(), value.clone())).collect::<Vec<_>>(),
                (None, Some(choices)) => choices.iter().map(|c| (c.value.clone(), c.title.clone())).collect(),
                (Some(_), Some(_)) => return Err(("has enum and oneOf", "write one of both")),
            };
            let shows = |text: &String| (1..=80).contains(&text.chars().count()) && !text.chars().any(disguises);
            let good =
                (1..=50).contains(&options.len()) && options.iter().all(|(value, title)| shows(value) && shows(title));
            good.then_some(FieldKind::Choice { options })
                .ok_or(("has options that cannot be shown", "write 1 to 50 options of 1 to 80 visible characters"))
        }
    }
}
