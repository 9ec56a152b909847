//! The types that a skill meets, read out of their own source: names, fields, docs and the form they have in JSON. What an author reads of
//! them is made from this, so it cannot say anything else than the types do.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use syn::{Attribute, Expr, Fields, GenericArgument, Item, Lit, Meta, PathArguments, Type};

/// Types that are written as text by hand, and types of other crates.
const GIVEN: &[(&str, &str)] = &[
    ("String", "string"),
    ("str", "string"),
    ("bool", "boolean"),
    ("Decimal", "Decimal"),
    ("Points", "Decimal"),
    ("Fen", "Decimal"),
    ("NaiveDate", "Day"),
    ("NaiveDateTime", "string"),
    ("DateTime", "Time"),
    ("Time", "Time"),
    ("Json", "unknown"),
];

/// A field of a struct or of a variant.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) of: String,
    pub(crate) flat: bool,
    pub(crate) doc: String,
}

/// A variant of an enum.
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) inside: Inside,
}

/// What stands in a variant.
pub(crate) enum Inside {
    Nothing,
    One(String),
    Named(Vec<Member>),
}

/// What a type is.
pub(crate) enum Shape {
    Struct(Vec<Member>),
    Same(String),
    Choice { tag: Option<String>, content: Option<String>, variants: Vec<Variant> },
}

/// A type as it is in JSON.
pub(crate) struct Known {
    pub(crate) name: String,
    pub(crate) parameters: String,
    pub(crate) doc: String,
    pub(crate) shape: Shape,
}

/// Every public type of the sdk and the growth rules, by name.
pub(crate) struct Catalogue(pub(crate) BTreeMap<String, Known>);

#[derive(Default)]
struct Serde {
    tag: Option<String>,
    content: Option<String>,
    rename: Option<String>,
    case: Option<String>,
    flat: bool,
    transparent: bool,
}

impl Catalogue {
    /// Reads the source of the packages; where both have a name, the growth rules' one is called `Growth…`.
    pub(crate) fn read(root: &Path) -> Self {
        let mut all = types_in(&root.join("sdk/src"));
        let mut growth = types_in(&root.join("growth/src"));
        let both: BTreeSet<String> = growth.keys().filter(|name| all.contains_key(*name)).cloned().collect();
        for one in growth.values_mut() {
            one.each_text(|text| *text = apart(text, &both));
        }
        all.extend(growth.into_values().map(|one| (one.name.clone(), one)));
        Self(all)
    }

    pub(crate) fn get(&self, name: &str) -> &Known {
        self.0.get(name).unwrap_or_else(|| panic!("there is no type {name}"))
    }

    /// Names of types that these lead to, themselves among them, in the order in which they are met.
    pub(crate) fn reached<'a>(&'a self, roots: &[&'a str]) -> Vec<&'a Known> {
        let (mut order, mut seen, mut next) = (Vec::new(), BTreeSet::new(), roots.to_vec());
        while !next.is_empty() {
            for name in std::mem::take(&mut next) {
                let Some(one) = self.0.get(name).filter(|_| seen.insert(name)) else { continue };
                order.push(one);
                let words: Vec<&str> =
                    one.texts().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).collect();
                next.extend(words.into_iter().filter(|word| self.0.contains_key(*word)));
            }
        }
        order
    }
}

fn types_in(folder: &Path) -> BTreeMap<String, Known> {
    let (mut all, mut files) = (BTreeMap::new(), vec![folder.to_path_buf()]);
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(&path).expect("a folder").flatten().map(|entry| entry.path()));
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source file");
            let json = text.contains("use serde_json::Value;") || text.contains("use serde_json::{Map, Value}");
            for item in syn::parse_file(&text).expect("Rust").items {
                all.extend(known(&item, json).map(|one| (one.name.clone(), one)));
            }
        }
    }
    all
}

/// The text with each of these names called `Growth…`.
fn apart(text: &str, names: &BTreeSet<String>) -> String {
    let mut out = String::new();
    for part in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        out.push_str(if names.contains(word) { "Growth" } else { "" });
        out.push_str(part);
    }
    out
}

impl Known {
    /// Its name and every type that stands in it.
    fn each_text(&mut self, mut change: impl FnMut(&mut String)) {
        change(&mut self.name);
        match &mut self.shape {
            Shape::Struct(of) => of.iter_mut().for_each(|one| change(&mut one.of)),
            Shape::Same(of) => change(of),
            Shape::Choice { variants, .. } => {
                for variant in variants {
                    match &mut variant.inside {
                        Inside::Nothing => {}
                        Inside::One(of) => change(of),
                        Inside::Named(of) => of.iter_mut().for_each(|one| change(&mut one.of)),
                    }
                }
            }
        }
    }

    /// The types that stand in it.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let mut texts = Vec::new();
        match &self.shape {
            Shape::Same(of) => texts.push(of.as_str()),
            Shape::Struct(members) => texts.extend(members.iter().map(|one| one.of.as_str())),
            Shape::Choice { variants, .. } => {
                for variant in variants {
                    match &variant.inside {
                        Inside::Nothing => {}
                        Inside::One(of) => texts.push(of),
                        Inside::Named(members) => texts.extend(members.iter().map(|one| one.of.as_str())),
                    }
                }
            }
        }
        texts.into_iter()
    }

    /// The type as TypeScript.
    pub(crate) fn typescript(&self) -> String {
        let mut out = remark(&self.doc, "");
        let name = format!("{}{}", self.name, self.parameters);
        match &self.shape {
            Shape::Same(of) => writeln!(out, "export type {name} = {of};").expect("text"),
            Shape::Struct(members) => {
                let flat: Vec<&str> = members.iter().filter(|one| one.flat).map(|one| one.of.as_str()).collect();
                let also = if flat.is_empty() { String::new() } else { format!(" extends {}", flat.join(", ")) };
                writeln!(out, "export interface {name}{also} {{").expect("text");
                for member in members.iter().filter(|one| !one.flat) {
                    writeln!(out, "{}  {}: {};", remark(&member.doc, "  "), member.name, member.of).expect("text");
                }
                out.push_str("}\n");
            }
            Shape::Choice { tag, content, variants } => {
                writeln!(out, "export type {name} =").expect("text");
                for variant in variants {
                    let form = variant.typescript(tag.as_deref(), content.as_deref());
                    writeln!(out, "{}  | {form}", remark(&variant.doc, "  ")).expect("text");
                }
                out.truncate(out.trim_end().len());
                out.push_str(";\n");
            }
        }
        out
    }
}

impl Variant {
    /// The form of the variant in JSON, as TypeScript.
    pub(crate) fn typescript(&self, tag: Option<&str>, content: Option<&str>) -> String {
        let name = &self.name;
        let fields = |members: &[Member]| -> String {
            members.iter().map(|one| format!("{}: {}", one.name, one.of)).collect::<Vec<_>>().join("; ")
        };
        match (tag, content, &self.inside) {
            (None, _, Inside::Nothing) => format!("'{name}'"),
            (None, _, Inside::One(of)) => format!("{{ {name}: {of} }}"),
            (None, _, Inside::Named(members)) => format!("{{ {name}: {{ {} }} }}", fields(members)),
            (Some(tag), _, Inside::Nothing) => format!("{{ {tag}: '{name}' }}"),
            (Some(tag), Some(content), Inside::One(of)) => format!("{{ {tag}: '{name}'; {content}: {of} }}"),
            (Some(tag), Some(content), Inside::Named(members)) => {
                format!("{{ {tag}: '{name}'; {content}: {{ {} }} }}", fields(members))
            }
            (Some(tag), None, Inside::One(of)) => format!("({{ {tag}: '{name}' }} & {of})"),
            (Some(tag), None, Inside::Named(members)) => format!("{{ {tag}: '{name}'; {} }}", fields(members)),
        }
    }
}

fn remark(doc: &str, indent: &str) -> String {
    if doc.is_empty() { String::new() } else { format!("{indent}/** {} */\n", doc.replace("*/", "* /")) }
}

fn known(item: &Item, json: bool) -> Option<Known> {
    match item {
        Item::Struct(one) if derives(&one.attrs) => {
            let serde = serde(&one.attrs);
            let shape = match &one.fields {
                Fields::Named(fields) => Shape::Struct(fields.named.iter().map(|field| member(field, json)).collect()),
                Fields::Unnamed(fields) if fields.unnamed.len() == 1 || serde.transparent => {
                    Shape::Same(type_of(&fields.unnamed[0].ty, json))
                }
                _ => return None,
            };
            Some(Known {
                name: one.ident.to_string(),
                parameters: generics(&one.generics),
                doc: doc(&one.attrs),
                shape,
            })
        }
        Item::Enum(one) if derives(&one.attrs) => {
            let serde = serde(&one.attrs);
            let variants =
                one.variants.iter().map(|variant| self::variant(variant, serde.case.as_deref(), json)).collect();
            let shape = Shape::Choice { tag: serde.tag, content: serde.content, variants };
            Some(Known {
                name: one.ident.to_string(),
                parameters: generics(&one.generics),
                doc: doc(&one.attrs),
                shape,
            })
        }
        Item::Type(one) => {
            let shape = Shape::Same(type_of(&one.ty, json));
            let parameters = generics(&one.generics);
            let name = one.ident.to_string();
            (!GIVEN.iter().any(|(given, _)| *given == name)).then(|| Known {
                name,
                parameters,
                doc: doc(&one.attrs),
                shape,
            })
        }
        _ => None,
    }
}

fn derives(attributes: &[Attribute]) -> bool {
    let list =
        attributes.iter().filter(|one| one.path().is_ident("derive")).filter_map(|one| one.meta.require_list().ok());
    list.map(|list| list.tokens.to_string()).any(|text| text.contains("Serialize"))
}

fn generics(generics: &syn::Generics) -> String {
    let names: Vec<String> = generics.type_params().map(|one| one.ident.to_string()).collect();
    if names.is_empty() { String::new() } else { format!("<{}>", names.join(", ")) }
}

fn member(field: &syn::Field, json: bool) -> Member {
    let serde = serde(&field.attrs);
    let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    Member {
        name: serde.rename.unwrap_or(name),
        of: type_of(&field.ty, json),
        flat: serde.flat,
        doc: doc(&field.attrs),
    }
}

fn variant(variant: &syn::Variant, case: Option<&str>, json: bool) -> Variant {
    let own = variant.ident.to_string();
    let name = serde(&variant.attrs).rename.unwrap_or_else(|| match case {
        None => own,
        Some("lowercase") => own.to_lowercase(),
        Some("snake_case") => snake_case(&own),
        Some(other) => panic!("nobody reads {other}"),
    });
    let inside = match &variant.fields {
        Fields::Unit => Inside::Nothing,
        Fields::Named(fields) => Inside::Named(fields.named.iter().map(|field| member(field, json)).collect()),
        Fields::Unnamed(fields) => {
            let types: Vec<String> = fields.unnamed.iter().map(|field| type_of(&field.ty, json)).collect();
            Inside::One(if types.len() == 1 { types[0].clone() } else { format!("[{}]", types.join(", ")) })
        }
    };
    Variant { name, doc: doc(&variant.attrs), inside }
}

fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

fn serde(attributes: &[Attribute]) -> Serde {
    let mut found = Serde::default();
    for attribute in attributes.iter().filter(|one| one.path().is_ident("serde")) {
        attribute
            .parse_nested_meta(|meta| {
                let text = || -> syn::Result<Option<String>> {
                    let lit: syn::LitStr = meta.value()?.parse()?;
                    Ok(Some(lit.value()))
                };
                if meta.path.is_ident("tag") {
                    found.tag = text()?;
                } else if meta.path.is_ident("content") {
                    found.content = text()?;
                } else if meta.path.is_ident("rename") {
                    found.rename = text()?;
                } else if meta.path.is_ident("rename_all") {
                    found.case = text()?;
                } else if meta.path.is_ident("flatten") {
                    found.flat = true;
                } else if meta.path.is_ident("transparent") {
                    found.transparent = true;
                } else if meta.input.peek(syn::Token![=]) {
                    text()?;
                }
                Ok(())
            })
            .expect("an attribute of serde");
    }
    found
}

fn doc(attributes: &[Attribute]) -> String {
    let line = |one: &Attribute| match &one.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(value) => match &value.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    let lines: Vec<String> =
        attributes.iter().filter_map(line).take_while(|line| !line.is_empty() && !line.starts_with("```")).collect();
    lines.join(" ").replace("[`", "`").replace("`]", "`")
}

fn type_of(of: &Type, json: bool) -> String {
    match of {
        Type::Reference(inner) => type_of(&inner.elem, json),
        Type::Array(inner) => format!("{}[]", type_of(&inner.elem, json)),
        Type::Tuple(parts) => {
            format!("[{}]", parts.elems.iter().map(|part| type_of(part, json)).collect::<Vec<_>>().join(", "))
        }
        Type::Path(path) => {
            let last = path.path.segments.last().expect("a path has an end");
            let inner = match &last.arguments {
                PathArguments::AngleBracketed(list) => list
                    .args
                    .iter()
                    .filter_map(|one| match one {
                        GenericArgument::Type(of) => Some(type_of(of, json)),
                        _ => None,
                    })
                    .collect(),
                _ => Vec::new(),
            };
            named(&last.ident.to_string(), &inner, json)
        }
        _ => "unknown".into(),
    }
}

fn named(name: &str, inner: &[String], json: bool) -> String {
    match (name, inner) {
        ("Option", [of]) => format!("{of} | null"),
        ("Vec" | "BTreeSet", [of]) if of.contains('|') => format!("({of})[]"),
        ("Vec" | "BTreeSet", [of]) => format!("{of}[]"),
        ("Box" | "Arc", [of]) => of.clone(),
        ("BTreeMap" | "HashMap" | "Map", [_, of]) => format!("Record<string, {of}>"),
        ("Value", []) if json => "unknown".into(),
        ("i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" | "f64", []) => "number".into(),
        (name, inner) => match GIVEN.iter().find(|(given, _)| *given == name) {
            Some((_, text)) => (*text).into(),
            None if inner.is_empty() => name.into(),
            None => format!("{name}<{}>", inner.join(", ")),
        },
    }
}
