//! Messages that the app has not confirmed. With a state directory they outlive a restart. At most [`MOST`] are held;
//! beyond that the oldest are forgotten, and the app has to find out by reading its shop.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::news::News;
use crate::clock::Moment;
use crate::world::Shop;

/// The platform's own cap is not known.
const MOST: usize = 20_000;
const FILE: &str = "messages.jsonl";

/// One message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: i64,
    /// `ORDER_PAY`: group, underscore, name.
    pub(crate) topic: String,
    /// Member id of the shop.
    pub(crate) member: String,
    pub(crate) born: Moment,
    pub(crate) data: Value,
}

impl Message {
    /// As the pull methods write it.
    pub(crate) fn record(&self, app_key: &str) -> Value {
        let (group, name) = self.topic.split_once('_').unwrap_or((&self.topic, ""));
        json!({
            "msgId": self.id,
            "type": self.topic,
            "topicGroup": group,
            "topicName": name,
            "userInfo": self.member,
            "appKey": app_key,
            "gmtBorn": self.born.0,
            "data": self.data,
        })
    }

    /// As the callback gets it, unsigned.
    pub(crate) fn form(&self, app_key: &str) -> Vec<(String, String)> {
        let Value::Object(record) = self.record(app_key) else { return Vec::new() };
        let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut form: Vec<(String, String)> = record.into_iter().map(|(name, value)| (name, text(value))).collect();
        form.push(("extraInfo".to_owned(), "{}".to_owned()));
        form
    }
}

/// One line of the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Message(Message),
    Confirmed(Vec<i64>),
    /// Numbers and time go on from here, also when nothing is unconfirmed.
    Counted {
        last: i64,
        born: Moment,
    },
}

/// What is unconfirmed, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    messages: VecDeque<Arc<Message>>,
    last: i64,
    last_born: Option<Moment>,
    file: Option<File>,
    /// Lines that are not in the file yet.
    unwritten: Vec<u8>,
}

impl Inbox {
    /// The messages of a state directory. What the file says of confirmed ones is left behind.
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        let path = dir.join(FILE);
        let mut inbox = Self::default();
        let bytes = fs::read(&path).or_else(|error| match error.kind() {
            io::ErrorKind::NotFound => Ok(Vec::new()),
            _ => Err(error),
        })?;
        // A torn last line is a message that nobody heard of yet: what it tells happened, a sync finds it.
        for line in bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Line>(line).ok()) {
            match line {
                Line::Message(message) => inbox.add(message),
                Line::Confirmed(ids) => inbox.forget(&ids),
                Line::Counted { last, born } => (inbox.last, inbox.last_born) = (last, Some(born)),
            }
        }
        let head = inbox.last_born.map(|born| Line::Counted { last: inbox.last, born });
        let kept = inbox.messages.iter().map(|message| Line::Message((**message).clone()));
        let mut whole = Vec::new();
        head.into_iter().chain(kept).for_each(|line| write_line(&mut whole, &line));
        let fresh = dir.join(format!("{FILE}.new"));
        fs::write(&fresh, whole)?;
        fs::rename(&fresh, &path)?;
        inbox.file = Some(OpenOptions::new().append(true).open(&path)?);
        Ok(inbox)
    }

    /// A new message; [`Self::keep`] must follow.
    pub(super) fn put(&mut self, shop: &Shop, news: News) -> Arc<Message> {
        let message = Message {
            id: self.last.max(10_000) + 1,
            topic: news.topic.to_owned(),
            member: shop.profile.member_id.clone(),
            born: news.at,
            data: news.data,
        };
        if self.file.is_some() {
            write_line(&mut self.unwritten, &Line::Message(message.clone()));
        }
        self.add(message);
        Arc::clone(&self.messages[self.messages.len() - 1])
    }

    /// Writes what is not in the file yet. A message lost here is one that never came: the app's sync finds what it told.
    pub(super) fn keep(&mut self) {
        let Some(file) = &mut self.file else { return };
        if let Err(error) = file.write_all(&self.unwritten) {
            tracing::warn!(%error, "sandbox: messages could not be kept");
        }
        self.unwritten.clear();
    }

    pub(super) fn confirm(&mut self, ids: &[i64]) {
        let before = self.messages.len();
        self.forget(ids);
        if self.file.is_some() && self.messages.len() != before {
            write_line(&mut self.unwritten, &Line::Confirmed(ids.to_vec()));
            self.keep();
        }
    }

    /// Oldest first.
    pub(crate) fn unconfirmed(&self) -> impl Iterator<Item = &Arc<Message>> {
        self.messages.iter()
    }

    pub(super) fn last_born(&self) -> Option<Moment> {
        self.last_born
    }

    fn add(&mut self, message: Message) {
        self.last = self.last.max(message.id);
        self.last_born = self.last_born.max(Some(message.born));
        self.messages.push_back(Arc::new(message));
        if self.messages.len() > MOST {
            self.messages.pop_front();
        }
    }

    fn forget(&mut self, ids: &[i64]) {
        match ids {
            // The usual confirmation is of one of the oldest.
            [id] => {
                if let Some(position) = self.messages.iter().position(|message| message.id == *id) {
                    self.messages.remove(position);
                }
            }
            _ => self.messages.retain(|message| !ids.contains(&message.id)),
        }
    }
}

fn write_line(out: &mut Vec<u8>, line: &Line) {
    // A message is plain data: it always has a text.
    if serde_json::to_writer(&mut *out, line).is_ok() {
        out.push(b'\n');
    }
}
