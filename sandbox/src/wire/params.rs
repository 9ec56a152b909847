//! A call's fields: texts as they came, and readers that refuse what is not of its type.

use serde::de::DeserializeOwned;

use super::envelope::GatewayError;
use crate::clock::Moment;

/// Fields that say who asks and for which page, not what for.
const NOT_ASKED: &[&str] =
    &["page", "pageSize", "currentPageNum", "access_token", "_aop_timestamp", super::sign::FIELD];

/// All fields of a call, from the query and the form.
#[derive(Debug, Default)]
pub(crate) struct Params {
    pub(crate) fields: Vec<(String, String)>,
}

type Read<T> = Result<Option<T>, GatewayError>;

impl Params {
    /// The text of a field; an empty field is like none.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    pub(crate) fn int(&self, name: &str) -> Read<i64> {
        self.read(name, |text| text.parse().ok())
    }

    pub(crate) fn boolean(&self, name: &str) -> Read<bool> {
        self.read(name, |text| text.parse().ok())
    }

    /// A flag of the wire that is off unless it says `true`.
    pub(crate) fn wants(&self, name: &str) -> Result<bool, GatewayError> {
        Ok(self.boolean(name)?.unwrap_or(false))
    }

    pub(crate) fn moment(&self, name: &str) -> Read<Moment> {
        self.read(name, Moment::from_stamp)
    }

    /// An array or object: JSON text in one field.
    pub(crate) fn json<T: DeserializeOwned>(&self, name: &str) -> Read<T> {
        self.read(name, |text| serde_json::from_str(text).ok())
    }

    /// From one instant to another, both included; an open side is `None`.
    pub(crate) fn window(&self, from: &str, to: &str) -> Result<Window, GatewayError> {
        Ok(Window { from: self.moment(from)?, to: self.moment(to)? })
    }

    /// All fields that say what a list is about, as one text: the same question on another page has the same.
    pub(crate) fn question(&self, method: &str) -> String {
        let about = self.fields.iter().filter(|(name, _)| !NOT_ASKED.contains(&name.as_str()));
        about.fold(method.to_owned(), |text, (name, value)| format!("{text}\u{1}{name}\u{2}{value}"))
    }

    fn read<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Read<T> {
        self.text(name).map(|text| parse(text).ok_or_else(|| GatewayError::wrong_type(name))).transpose()
    }
}

/// A stretch of time that a list is cut to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Window {
    pub(crate) from: Option<Moment>,
    pub(crate) to: Option<Moment>,
}

impl Window {
    pub(crate) fn holds(&self, at: Moment) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at <= to)
    }
}

/// One page out of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    /// Pages before this one.
    pub(crate) skip: usize,
    pub(crate) size: usize,
}

impl Page {
    /// `number` counts from `first`; a size above `most` is cut, as the platform does.
    pub(crate) fn new((number, first): (i64, i64), size: i64, most: i64) -> Self {
        let skip = usize::try_from(number - first).unwrap_or(0);
        Self { skip, size: usize::try_from(size.clamp(1, most)).unwrap_or(1) }
    }

    pub(crate) fn of<T>(self, items: impl IntoIterator<Item = T>) -> Vec<T> {
        items.into_iter().skip(self.skip.saturating_mul(self.size)).take(self.size).collect()
    }
}
