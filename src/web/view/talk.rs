//! A talk as bubbles: questions at the right, steps folded, answers with their drawings.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use maud::{Markup, html};
use xiaoer_sdk::Manifest;

use super::blocks::{self, Around};
use super::icon::Icon;
use super::{source, staff, text, when};
use crate::chat::{Answer, Line, Talk, What};
use crate::config::Role;

/// Where a talk is shown.
pub(crate) struct Setting<'a> {
    /// The shop's id.
    pub(crate) shop: &'a str,
    /// The role's place among the staff, for its colour.
    pub(crate) at: usize,
    /// The role; none when agents.toml no longer has it.
    pub(crate) role: Option<&'a Role>,
    /// The skills that a task may name.
    pub(crate) manifests: &'a BTreeMap<String, Manifest>,
}

/// Choosing whom to ask, and the first question.
pub(crate) fn begin(shop: &str, roles: &[Role], chosen: &Role, questions: &[String]) -> Markup {
    html! {
        section.card.begin {
            nav.filter.whom aria-label="选择员工" {
                @for role in roles {
                    a href={ "/shops/" (shop) "/talks?role=" (role.id) } aria-current=[(role.id == chosen.id).then_some("true")] { (role.title) }
                }
            }
            p.sub { (chosen.title) "：" (chosen.about) }
            form.ask data-begin=(chosen.id) method="get" { (asking(&format!("问{}", chosen.title), 500, questions)) }
        }
    }
}

/// The next question, and how to stop the present answer.
pub(crate) fn form(talk: &Talk, questions: &[String], longest: usize) -> Markup {
    html! {
        form.card.ask.next data-ask=(talk.id) method="get" { (asking("接着问", longest, questions)) }
    }
}

fn asking(label: &str, longest: usize, questions: &[String]) -> Markup {
    html! {
        @if !questions.is_empty() {
            div.chips role="group" aria-label="可以这样问" {
                @for question in questions { button.button.small type="button" data-question=(question) { (question) } }
            }
        }
        div.ask-line {
            textarea name="text" rows="1" maxlength=(longest) required aria-label=(label) placeholder=(label) enterkeyhint="send" {}
            button.button.primary type="submit" { "发送" }
        }
        p.error role="alert" hidden {}
        noscript { p.sub { "聊天需要打开浏览器的 JavaScript；也可以用命令行：xiaoer ask。" } }
    }
}

/// Talks, newest first.
pub(crate) fn list(talks: &[Talk], roles: &[Role], now: DateTime<FixedOffset>) -> Markup {
    html! {
        ul.runs {
            @for talk in talks {
                li {
                    a href={ "/shops/" (talk.shop) "/talks/" (talk.id) } {
                        span.name { (talk.title) }
                        span.meta { (roles.iter().find(|role| role.id == talk.role).map_or(talk.role.as_str(), |role| role.title.as_str())) }
                        span.meta.time { (when::moment(talk.spoken, now)) }
                        @if talk.busy.is_some() { span.chip.busy { "回答中" } } @else { span.chip.calm { "已回答" } }
                        (Icon::Arrow.draw())
                    }
                }
            }
        }
    }
}

/// Everything that was said. The script fetches it again while somebody answers, and puts in what is new.
pub(crate) fn whole(talk: &Talk, lines: &[Line], setting: &Setting<'_>) -> Markup {
    let starts = lines.iter().enumerate().filter(|(_, line)| matches!(line.what, What::Asked { .. })).map(|(at, _)| at);
    let starts: Vec<usize> = starts.chain([lines.len()]).collect();
    html! {
        section.talk data-talk={ "/shops/" (setting.shop) "/talks/" (talk.id) "/lines" } data-busy[talk.busy.is_some()] data-seen=[talk.lines.checked_sub(1)] aria-label="对话" {
            @for pair in starts.windows(2) { (turn(talk, &lines[pair[0]..pair[1]], setting)) }
        }
    }
}

/// A question and what came of it.
fn turn(talk: &Talk, lines: &[Line], setting: &Setting<'_>) -> Markup {
    let question = lines.iter().find_map(|line| if let What::Asked { text } = &line.what { Some(text) } else { None });
    let last = lines.last().filter(|line| line.what.is_last());
    html! {
        div.turn {
            @if let Some(question) = question { p.bubble.mine { (question) } }
            div.theirs {
                @if let Some(role) = setting.role { (staff::avatar(setting.at, role)) }
                div.said {
                    (steps(lines, setting, last.is_none()))
                    @match last.map(|line| (line.seq, &line.what)) {
                        Some((seq, What::Answered(answer))) => { (answered((talk, seq), answer, setting)) }
                        Some((_, What::Stopped { how, why })) => { (stopped(how, why, question)) }
                        _ => {
                            div.thinking {
                                p.sub role="status" { "正在查，马上回答…" }
                                button.button.small type="button" data-hush=(talk.id) { "取消" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn steps(lines: &[Line], setting: &Setting<'_>, open: bool) -> Markup {
    let calls: Vec<&Line> = lines.iter().filter(|line| matches!(line.what, What::Called { .. })).collect();
    let ended = |seq: u64| lines.iter().find(|line| matches!(&line.what, What::Returned { call, .. } if *call == seq));
    html! {
        @if !calls.is_empty() {
            details.worked open[open] {
                summary { "查了 " (calls.len()) " 项资料" }
                ol.steps.calm {
                    @for line in calls {
                        @if let What::Called { title, shown, .. } = &line.what {
                            @let back = ended(line.seq);
                            li data-state=(if back.is_some() { "done" } else { "busy" }) {
                                span {
                                    (title) @if !shown.is_empty() { small { "（" (shown) "）" } }
                                    @if let Some(What::Returned { ok, text, run, .. }) = back.map(|line| &line.what) {
                                        small class=(if *ok { "came" } else { "came bad" }) { (text) }
                                        @if let Some(run) = run { " " a href={ "/shops/" (setting.shop) "/runs/" (run) } { "看报告" } }
                                    }
                                }
                                @if let Some(took) = back.and_then(|back| took(line, back)) { time { (took) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn took(from: &Line, to: &Line) -> Option<String> {
    let at = |line: &Line| DateTime::parse_from_rfc3339(&line.at).ok();
    Some(when::took(at(to)? - at(from)?))
}

fn answered((talk, seq): (&Talk, u64), answer: &Answer, setting: &Setting<'_>) -> Markup {
    let pictures = BTreeMap::new();
    let around = Around {
        shop: setting.shop,
        facts: &answer.facts,
        actions: &[],
        manifests: setting.manifests,
        pictures: &pictures,
    };
    let first = usize::try_from(seq).unwrap_or_default() * 10 + 10;
    html! {
        div.answer data-facts={ "/shops/" (setting.shop) "/talks/" (talk.id) "/lines/" (seq) "/facts/" } {
            div.bubble { (text::prose(&answer.text, &answer.facts)) (source::writer(&answer.generator)) }
            @if !answer.blocks.is_empty() { (blocks::some(&answer.blocks, first, &around)) }
            div.buttons {
                @for report in &answer.reports { a.button.small href={ "/shops/" (setting.shop) "/runs/" (report.id) } { "查看完整报告：" (report.title) } }
                @if answer.proposals > 0 { a.button.small href={ "/shops/" (setting.shop) "/actions" } { "去审批 " (answer.proposals) " 项建议" } }
                @if let Some(role) = &answer.colleague { a.button.small href={ "/shops/" (setting.shop) "/talks?role=" (role.id) } { "去问" (role.title) } }
            }
        }
    }
}

fn stopped(how: &str, why: &str, question: Option<&String>) -> Markup {
    html! {
        div.bubble.(how) { p { (why) } }
        @if let Some(question) = question {
            div.buttons { button.button.small type="button" data-again-ask=(question) { (Icon::Refresh.draw()) "再问一次" } }
        }
    }
}
