//! How the installation is doing: alive, when what fires next, what needs mending.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, Extension, State};
use chrono::{DateTime, FixedOffset, TimeDelta};
use serde::Serialize;

use crate::app::App;
use crate::schedule::{self, Schedule, ShopChoice, record};
use crate::shop::{Link, Shop, Standing};
use crate::upkeep::SyncState;
use crate::web::error::Problem;
use crate::web::view::push;

/// Slots told of each schedule.
const FIRES: usize = 5;
/// A ticker that did not look for so long has stopped.
const SILENT: TimeDelta = TimeDelta::minutes(2);
/// A shop that was not synced for so long has no fresh figures.
const OLD: TimeDelta = TimeDelta::days(1);
/// Less free space than this needs mending.
const LITTLE_SPACE: u64 = 512 * MEGABYTE;
const MEGABYTE: u64 = 1024 * 1024;

/// It lives.
#[derive(Serialize)]
pub(crate) struct Health {
    ok: bool,
}

/// A schedule and when it fires next, on its own clock.
#[derive(Serialize)]
pub(crate) struct NextFires {
    schedule: String,
    skill: String,
    shops: ShopChoice,
    cron: String,
    zone: &'static str,
    paused: bool,
    next: Vec<DateTime<FixedOffset>>,
}

/// One line of the doctor.
#[derive(Serialize)]
pub(crate) struct Finding {
    ok: bool,
    what: String,
}

/// Only for this machine: it tells a stranger that something runs here.
pub(crate) async fn health(from: Option<Extension<ConnectInfo<SocketAddr>>>) -> Result<Json<Health>, Problem> {
    match from {
        Some(Extension(ConnectInfo(from))) if from.ip().to_canonical().is_loopback() => Ok(Json(Health { ok: true })),
        _ => Err(Problem::not_found("这个页面")),
    }
}

pub(crate) async fn schedules(State(app): State<Arc<App>>) -> Json<Vec<NextFires>> {
    Json(app.loaded.config.schedules.iter().map(|schedule| fires(&app, schedule)).collect())
}

fn fires(app: &App, schedule: &Schedule) -> NextFires {
    let slots = schedule::next_fires(schedule, app.clock.now(), FIRES);
    NextFires {
        schedule: schedule.name.clone(),
        skill: schedule.skill.clone(),
        shops: schedule.shops.clone(),
        cron: schedule.cron.text().to_owned(),
        zone: schedule.zone.name(),
        paused: schedule.paused,
        next: slots.into_iter().map(|slot| slot.at.with_timezone(&schedule.zone).fixed_offset()).collect(),
    }
}

pub(crate) async fn doctor(State(app): State<Arc<App>>) -> Result<Json<Vec<Finding>>, Problem> {
    let mut findings = vec![database(&app).await?, space(&app)];
    for shop in app.shops.list().await? {
        findings.push(mirror(&app, &shop).await?);
        findings.extend(leave(&app, &shop).await?);
        findings.extend(pushes(&app, &shop).await?);
    }
    findings.push(model(&app));
    findings.push(ticker(&app).await?);
    Ok(Json(findings))
}

async fn database(app: &App) -> Result<Finding, Problem> {
    let size = app.db.size().await?;
    Ok(Finding { ok: true, what: format!("数据库 {} MB（{}）", size.div_ceil(MEGABYTE), app.data.display()) })
}

fn space(app: &App) -> Finding {
    match rustix::fs::statvfs(&app.data) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let advice = if free < LITTLE_SPACE { "，快满了，请清理" } else { "" };
            Finding { ok: free >= LITTLE_SPACE, what: format!("磁盘剩余 {} MB{advice}", free / MEGABYTE) }
        }
        Err(error) => Finding { ok: false, what: format!("磁盘空间查不到：{error}") },
    }
}

async fn mirror(app: &App, shop: &Shop) -> Result<Finding, Problem> {
    let state = app.upkeep.state(&shop.id);
    let failed = match &state {
        SyncState::Failed(why) => format!("；最近一次同步没有成功：{why}"),
        SyncState::Idle | SyncState::Running(_) | SyncState::Fresh => String::new(),
    };
    let running = match &state {
        SyncState::Running(progress) => format!("；{progress}"),
        SyncState::Idle | SyncState::Fresh | SyncState::Failed(_) => String::new(),
    };
    let Some(head) = app.mirror.head(&shop.id).await? else {
        return Ok(Finding {
            ok: false,
            what: format!("店铺“{}”还没有数据，请同步或导入{running}{failed}", shop.name),
        });
    };
    // A shop of files is as fresh as its merchant keeps it; only a platform that goes unread needs mending.
    let old = head.synced_at.is_some_and(|at| app.clock.now() - at.to_utc() > OLD);
    let advice = if old { "，超过一天没有同步" } else { "" };
    let what = format!("店铺“{}”的数据完整到 {}{advice}{running}{failed}", shop.name, head.complete_through);
    Ok(Finding { ok: failed.is_empty() && !old, what })
}

/// Nothing to say about a shop of files, or of a token that nobody knows an end of.
async fn leave(app: &App, shop: &Shop) -> Result<Option<Finding>, Problem> {
    if matches!(shop.link, Link::Files) {
        return Ok(None);
    }
    let (name, id) = (&shop.name, &shop.id);
    let remedy = format!("请在“店铺”页点“重新授权”，或运行 xiaoer shop authorize --shop {id}");
    let day = |ends: DateTime<chrono::Utc>| ends.with_timezone(&shop.zone).date_naive();
    Ok(match app.authorizations.standing(shop).await? {
        Standing::Endless | Standing::Good { ends: None } => None,
        Standing::Good { ends: Some(ends) } => Some(Finding {
            ok: true,
            what: format!("店铺“{name}”的授权有效，{} 到期前自动续期", day(ends)),
        }),
        Standing::Soon { ends } => Some(Finding {
            ok: false,
            what: format!("店铺“{name}”的授权 {} 到期，自动续期没有成功，{remedy}", day(ends)),
        }),
        Standing::Ended => {
            Some(Finding { ok: false, what: format!("店铺“{name}”的授权已失效，{remedy}") })
        }
        Standing::NotYet => Some(Finding {
            ok: false,
            what: format!("店铺“{name}”还没有授权，请在“店铺”页点“去授权”，或运行 xiaoer shop authorize --shop {id}"),
        }),
    })
}

/// A shop that no push ever came for lives from its syncs; that is a choice, not a fault.
async fn pushes(app: &App, shop: &Shop) -> Result<Option<Finding>, Problem> {
    let Link::Alibaba { app_key, .. } = &shop.link else { return Ok(None) };
    let standing = app.inbox.standing(&shop.id).await?;
    let now = app.clock.now_in(shop.zone);
    let address = format!("/push/alibaba/{app_key}");
    let what = format!("店铺“{}”的推送：{}", shop.name, push::words(&standing, &address, now));
    Ok(Some(Finding { ok: !push::is_behind(&standing, now), what }))
}

/// Working without a model is a choice, not a fault.
fn model(app: &App) -> Finding {
    match &app.loaded.config.model {
        None => Finding { ok: true, what: "没有接入大模型，文字由规则生成".into() },
        Some(model) if model.key.is_none() && model.key_env.is_some() => Finding {
            ok: false,
            what: format!(
                "大模型 {} 没有密钥：环境变量 {} 是空的",
                model.name,
                model.key_env.as_deref().unwrap_or_default()
            ),
        },
        Some(model) => Finding { ok: true, what: format!("大模型 {}", model.name) },
    }
}

async fn ticker(app: &App) -> Result<Finding, Problem> {
    let last = record::heartbeat(&*app.db).await?;
    Ok(match last {
        Some(at) if app.clock.now() - at <= SILENT => Finding { ok: true, what: "定时计划正常".into() },
        Some(at) => Finding {
            ok: false,
            what: format!("定时计划从 {} 起没有动静，请重启", at.format("%Y-%m-%d %H:%M UTC")),
        },
        None => Finding { ok: false, what: "定时计划还没有开始".into() },
    })
}
