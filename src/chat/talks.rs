//! Taking questions: a question is stored before anyone hears that it is being answered, one at a time in each talk, and can be stopped.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use rand::RngExt as _;
use tokio::sync::watch;

use super::record::{self, Talk, What};
use super::room::{Room, Watcher};
use super::turn::Turn;
use super::{ChatConfig, Talker};
use crate::clock::Clock;
use crate::config::Role;
use crate::db::{DbError, SharedDb};
use crate::mcp::Away;
use crate::plugin::grant::Grants;
use crate::run::events::Bell;
use crate::run::{Runs, sortable_id};
use crate::score::Scorer;
use crate::shop::Shop;
use crate::shop::mirror::Mirror;
use crate::staff::Staff;

/// Lines after which a talk is full: a new one costs a click, an endless one costs every reader.
const FULL: u64 = 600;

/// What a talk is held with; built once.
pub struct Ears {
    /// The database.
    pub db: SharedDb,
    /// The time.
    pub clock: Clock,
    /// Wakes watchers.
    pub bell: Bell,
    /// Sets off runs.
    pub runs: Runs,
    /// The shop's rows.
    pub mirror: Mirror,
    /// The growth score.
    pub scorer: Scorer,
    /// What can be run.
    pub staff: Staff,
    /// What shops let plugins do.
    pub grants: Grants,
    /// Who does it.
    pub roles: Vec<Role>,
    /// The model.
    pub talker: Arc<dyn Talker>,
    /// Bounds and words.
    pub config: ChatConfig,
    /// Other people's tools.
    pub away: Away,
}

/// Everything that a turn needs.
pub(super) struct Inner {
    pub(super) db: SharedDb,
    pub(super) clock: Clock,
    pub(super) bell: Bell,
    pub(super) runs: Runs,
    pub(super) mirror: Mirror,
    pub(super) scorer: Scorer,
    pub(super) staff: Staff,
    pub(super) grants: Grants,
    pub(super) roles: Vec<Role>,
    pub(super) talker: Arc<dyn Talker>,
    pub(super) config: ChatConfig,
    pub(super) away: Away,
    pub(super) room: Room,
    going: Mutex<BTreeMap<(String, String), watch::Sender<bool>>>,
}

/// Talks with the staff.
#[derive(Clone)]
pub struct Chat(Arc<Inner>);

/// Why a question was not taken. The texts are for the merchant.
#[derive(Debug, thiserror::Error)]
pub enum ChatError {
    /// No such talk of this shop.
    #[error("没有找到这次对话")]
    NotFound,
    /// Nobody by this id.
    #[error("没有“{0}”这个员工；可选：{1}")]
    NoRole(String, String),
    /// Nothing was asked, or too much.
    #[error("{0}")]
    Question(String),
    /// The question before it is still being answered.
    #[error("上一个问题还在回答，请等它结束，或先取消")]
    Busy,
    /// Too many lines.
    #[error("这次对话太长了，请新开一个")]
    Full,
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Chat {
    /// Over an app's parts.
    #[must_use]
    pub fn new(ears: Ears) -> Self {
        let process = format!("{:08x}", rand::rng().random::<u32>());
        let room = Room::new(ears.db.clone(), ears.clock.clone(), ears.bell.clone(), process);
        let Ears { db, clock, bell, runs, mirror, scorer, staff, grants, roles, talker, config, away } = ears;
        let going = Mutex::default();
        Self(Arc::new(Inner {
            db,
            clock,
            bell,
            runs,
            mirror,
            scorer,
            staff,
            grants,
            roles,
            talker,
            config,
            away,
            room,
            going,
        }))
    }

    /// Where talks are kept.
    #[must_use]
    pub fn room(&self) -> &Room {
        &self.0.room
    }

    /// Bounds and words.
    #[must_use]
    pub fn config(&self) -> &ChatConfig {
        &self.0.config
    }

    /// Follows a talk from after the line that was seen last.
    #[must_use]
    pub fn follow(&self, shop: &str, talk: &str, seen: Option<u64>) -> Watcher {
        Watcher::new(&self.0.room, shop, talk, seen)
    }

    /// Begins a talk with its first question. When this answers, the question cannot be lost.
    ///
    /// # Errors
    /// [`ChatError`], with a text for the merchant.
    pub async fn begin(&self, shop: &Shop, role: &str, text: &str) -> Result<Talk, ChatError> {
        let inner = &self.0;
        let role = inner.role(role)?;
        let text = inner.question(text)?;
        let now = inner.clock.now_in(shop.zone);
        let suffix = format!("{:08x}", rand::rng().random::<u32>());
        let talk = Talk {
            id: sortable_id(now.timestamp_millis(), &suffix),
            shop: shop.id.clone(),
            role: role.id.clone(),
            title: record::title(&text),
            began: now,
            spoken: now,
            lines: 0,
            busy: Some(inner.room.process().into()),
        };
        let talk = inner.room.begin(talk, What::Asked { text: text.clone() }).await?;
        self.set_off(shop, role, &talk, text);
        Ok(talk)
    }

    /// Asks on in a talk.
    ///
    /// # Errors
    /// [`ChatError`]; one question at a time.
    pub async fn ask(&self, shop: &Shop, talk: &str, text: &str) -> Result<Talk, ChatError> {
        let inner = &self.0;
        let before = inner.room.get(&shop.id, talk).await?.ok_or(ChatError::NotFound)?;
        let text = inner.question(text)?;
        let role = inner.role(&before.role)?;
        if before.busy.is_some() {
            return Err(ChatError::Busy);
        }
        if before.lines >= FULL {
            return Err(ChatError::Full);
        }
        let asked = What::Asked { text: text.clone() };
        let talk = match inner.room.add(&before, asked, Some(inner.room.process().into())).await {
            Ok(talk) => talk,
            Err(DbError::Conflict) => return Err(ChatError::Busy),
            Err(error) => return Err(error.into()),
        };
        self.set_off(shop, role, &talk, text);
        Ok(talk)
    }

    /// Stops the answer that is being worked on, and the run that it waits for. False when there is none.
    pub fn cancel(&self, shop: &str, talk: &str) -> bool {
        let going = self.0.going.lock().expect("nothing panics while holding it");
        going.get(&(shop.to_owned(), talk.to_owned())).is_some_and(|stop| stop.send(true).is_ok())
    }

    /// Answers in the background: whoever asked may go away.
    fn set_off(&self, shop: &Shop, role: &Role, talk: &Talk, question: String) {
        let (stop, stopped) = watch::channel(false);
        let place = (shop.id.clone(), talk.id.clone());
        self.0.going.lock().expect("nothing panics while holding it").insert(place.clone(), stop);
        let (chat, shop, role, talk) = (self.clone(), shop.clone(), role.clone(), talk.clone());
        tokio::spawn(async move {
            let inner = Arc::clone(&chat.0);
            let span = (shop.id.clone(), talk.id.clone());
            let work =
                tokio::spawn(async move { carry_out(&inner, (&shop, &role), (&talk, &question), stopped).await });
            let last = match work.await {
                Ok(last) => last,
                Err(panic) => {
                    tracing::error!(talk = span.1, %panic, "a turn panicked");
                    What::stopped("failed", "小二内部出错了，已记入日志；问题已保留，请再问一次")
                }
            };
            // Before the last line: who reads it may ask the next question at once.
            chat.0.going.lock().expect("nothing panics while holding it").remove(&place);
            if let Err(error) = chat.0.room.tell(&span.0, &span.1, last).await {
                tracing::error!(talk = span.1, %error, "the end of a turn could not be stored");
            }
        });
    }
}

/// The last line of a turn, whatever comes first: its end, its time, a person's wish.
async fn carry_out(
    chat: &Inner,
    (shop, role): (&Shop, &Role),
    (talk, question): (&Talk, &str),
    mut stopped: watch::Receiver<bool>,
) -> What {
    let manifests = match chat.grants.in_shop(&shop.id, &chat.staff.now()).await {
        Ok(manifests) => manifests,
        Err(error) => {
            tracing::error!(talk = talk.id, %error, "what plugins may do could not be read");
            return What::stopped("failed", "本地数据读写出错，已停下；问题已保留，请再问一次");
        }
    };
    let (found, waiting) = (Mutex::default(), Mutex::default());
    let turn = Turn { chat, manifests, shop, role, talk, question, found, waiting };
    let waiting = || turn.waiting.lock().expect("nothing panics while holding it").clone();
    tokio::select! {
        biased;
        () = told(&mut stopped) => {
            let run = waiting();
            if let Some(run) = run && let Err(error) = chat.runs.cancel(&shop.id, &run).await {
                tracing::error!(run, %error, "a run could not be told to stop");
            }
            What::stopped("cancelled", "已取消")
        }
        () = tokio::time::sleep(chat.config.time) => {
            let long = format!("超过 {} 秒", chat.config.time.as_secs());
            let left = match waiting() {
                Some(_) => "运行还在继续，完成后可以在“报告”里查看",
                None => "请换个问法，或在工作台直接运行技能",
            };
            turn.so_far(&long).unwrap_or_else(|| What::stopped("limit", format!("{long}还没有得出回答，已停下；{left}")))
        }
        last = turn.work() => last.unwrap_or_else(|error| {
            tracing::error!(talk = talk.id, %error, "a turn broke off");
            What::stopped("failed", "本地数据读写出错，已停下；问题已保留，请再问一次")
        }),
    }
}

async fn told(stopped: &mut watch::Receiver<bool>) {
    if stopped.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

impl Inner {
    fn role(&self, id: &str) -> Result<&Role, ChatError> {
        self.roles.iter().find(|role| role.id == id).ok_or_else(|| {
            let known: Vec<&str> = self.roles.iter().map(|role| role.id.as_str()).collect();
            ChatError::NoRole(xiaoer_sdk::quoted(id), known.join("、"))
        })
    }

    fn question(&self, text: &str) -> Result<String, ChatError> {
        let text = text.trim();
        let longest = self.config.longest;
        if text.is_empty() {
            return Err(ChatError::Question("请先写下问题".into()));
        }
        if text.chars().count() > longest {
            return Err(ChatError::Question(format!("问题太长，最多 {longest} 个字")));
        }
        Ok(text.to_owned())
    }
}
