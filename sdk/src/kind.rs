//! How an enum is read whose kind is one of its own fields: `{"block": "table", …}`.
//!
//! Serde sets such a value aside whole, as what it looks like, before it reads it as what it is. Whoever writes the kind first, as this
//! crate does, is spared that where a kind is large or frequent: a report's table, a question with its facts, a word of progress.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer as _, MapAccess, Visitor};

/// An enum with large or frequent kinds.
pub(crate) trait Kinds<'de>: Sized {
    /// The field that tells the kind.
    const FIELD: &'static str;

    /// Reads the other fields of such a kind; of any other, they are given back.
    fn large<A: MapAccess<'de>>(kind: &str, fields: A) -> Result<Result<Self, A::Error>, A>;

    /// Reads a value of any kind, its fields in any order.
    fn any<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error>;
}

/// Lets an enum be read that way: its field, and how each large kind is read. Serde's own reading and writing are the enum's by
/// `#[serde(remote = "Self")]`.
macro_rules! kinds {
    ($type:ident, $field:literal, $fields:ident => { $($kind:literal => $read:expr,)+ }) => {
        impl ::serde::Serialize for $type {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                $type::serialize(self, to)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $type {
            fn deserialize<D: ::serde::Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
                crate::kind::read(value)
            }
        }

        impl<'de> crate::kind::Kinds<'de> for $type {
            const FIELD: &'static str = $field;

            fn large<A: ::serde::de::MapAccess<'de>>(kind: &str, fields: A) -> Result<Result<Self, A::Error>, A> {
                match kind {
                    $($kind => {
                        let $fields = ::serde::de::value::MapAccessDeserializer::new(fields);
                        Ok($read)
                    })+
                    _ => Err(fields),
                }
            }

            fn any<D: ::serde::Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
                $type::deserialize(value)
            }
        }
    };
}
pub(crate) use kinds;

/// Reads a value at once where its kind stands first and is such a one, and as serde does otherwise.
pub(crate) fn read<'de, T: Kinds<'de>, D: Deserializer<'de>>(value: D) -> Result<T, D::Error> {
    value.deserialize_map(Reader(PhantomData))
}

struct Reader<T>(PhantomData<T>);

impl<'de, T: Kinds<'de>> Visitor<'de> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the field `{}`", T::FIELD)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut rest: A) -> Result<T, A::Error> {
        let field: Option<String> = rest.next_key()?;
        let kind = match &field {
            Some(field) if field == T::FIELD => Some(rest.next_value::<String>()?),
            _ => None,
        };
        let rest = match &kind {
            Some(kind) => match T::large(kind, rest) {
                Ok(read) => return read,
                Err(rest) => rest,
            },
            None => rest,
        };
        T::any(MapAccessDeserializer::new(Again { field, kind, rest }))
    }
}

/// All fields once more: the first one, which was looked at, and the rest.
struct Again<A> {
    field: Option<String>,
    kind: Option<String>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Again<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        match self.field.take() {
            Some(field) => seed.deserialize(field.into_deserializer()).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        match self.kind.take() {
            Some(kind) => seed.deserialize(kind.into_deserializer()),
            None => self.rest.next_value_seed(seed),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_string};

    use crate::{Block, Call};

    fn call(text: &str) -> Result<Call, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn the_kind_may_stand_anywhere() {
        let told = Call::Progress { text: "好了".into() };
        assert_eq!(call(r#"{"call":"progress","text":"好了"}"#), Ok(told.clone()));
        assert_eq!(call(r#"{"text":"好了","call":"progress"}"#), Ok(told.clone()));
        assert_eq!(to_string(&told).expect("JSON"), r#"{"call":"progress","text":"好了"}"#, "it is written first");
        let recall = Call::Recall { key: "a".into() };
        assert_eq!(call(r#"{"call":"recall","key":"a"}"#), Ok(recall.clone()));
        assert_eq!(call(r#"{"key":"a","call":"recall"}"#), Ok(recall));
        assert_eq!(call(r#"{"call":"products"}"#), Ok(Call::Products));
    }

    #[test]
    fn what_is_missing_or_unknown_is_named() {
        let cases = [
            (r#"{"call":"progress"}"#, "missing field `text`"),
            (r#"{"call":"dance"}"#, "unknown variant `dance`"),
            (r#"{"text":"a"}"#, "missing field `call`"),
            ("{}", "missing field `call`"),
            (r#"{"call":null}"#, "expected a string"),
            ("[]", "an object with the field `call`"),
        ];
        for (text, says) in cases {
            let why = call(text).expect_err(text);
            assert!(why.contains(says), "{text}: {why}");
        }
    }

    #[test]
    fn a_block_reads_the_same_from_a_value_as_from_text() {
        let told = json!({ "block": "checklist", "title": "今天", "tasks": [] });
        let block: Block = from_value(told.clone()).expect("a block");
        assert_eq!(block, Block::Checklist { title: "今天".into(), tasks: Vec::new() });
        assert_eq!(serde_json::to_value(&block).expect("JSON"), told);
        assert_eq!(serde_json::from_str::<Block>(&told.to_string()).expect("a block"), block);
    }
}
