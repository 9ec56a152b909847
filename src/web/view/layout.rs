//! The frame of every page: head, navigation, the run dialog and the source popover that the script fills.

use maud::{DOCTYPE, Markup, html};

use super::icon::Icon;
use crate::shop::Shop;
use crate::web::assets;

/// The pages of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Home,
    Talks,
    Growth,
    Reports,
    Approvals,
    Settings,
}

/// What surrounds a page's own content.
pub(crate) struct Frame<'a> {
    pub(crate) title: &'a str,
    pub(crate) shop: &'a Shop,
    /// Every shop, for the switch.
    pub(crate) shops: &'a [Shop],
    pub(crate) here: Place,
    /// Actions that wait for a person.
    pub(crate) waiting: usize,
}

impl Place {
    const ALL: [Self; 6] = [Self::Home, Self::Talks, Self::Growth, Self::Reports, Self::Approvals, Self::Settings];

    fn name(self) -> &'static str {
        match self {
            Self::Home => "工作台",
            Self::Talks => "聊一聊",
            Self::Growth => "成长计划",
            Self::Reports => "报告",
            Self::Approvals => "待审批",
            Self::Settings => "店铺",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Home => "",
            Self::Talks => "/talks",
            Self::Growth => "/growth",
            Self::Reports => "/runs",
            Self::Approvals => "/actions",
            Self::Settings => "/settings",
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Home => Icon::Home,
            Self::Talks => Icon::Chat,
            Self::Growth => Icon::Growth,
            Self::Reports => Icon::Report,
            Self::Approvals => Icon::Approve,
            Self::Settings => Icon::Shop,
        }
    }
}

/// A page of a shop.
pub(crate) fn page(frame: &Frame<'_>, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            (head(&format!("{} · {} · 小二", frame.title, frame.shop.name)))
            body data-shop=(frame.shop.id) {
                a.skip href="#main" { "跳到主要内容" }
                div.shell {
                    header.top { (brand()) (switch(frame)) }
                    (navigation(frame))
                    main #main tabindex="-1" { (content) }
                }
                (run_dialog())
                div #source.source-card popover="auto" role="dialog" aria-labelledby="source-title" {}
                div #toast role="status" aria-live="polite" {}
            }
        }
    }
}

/// A page without a shop: login, nothing there, something broken.
pub(crate) fn bare(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            (head(&format!("{title} · 小二")))
            body.bare { main #main { (brand()) (content) } }
        }
    }
}

/// A failure, for people.
pub(crate) fn apology(status: u16, text: &str) -> Markup {
    bare(
        text,
        &html! {
            section.card.apology {
                p.status aria-hidden="true" { (status) }
                h1 { (text) }
                p { a.button.primary href="/" { "回到工作台" } }
            }
        },
    )
}

fn head(title: &str) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
            meta name="color-scheme" content="light dark";
            title { (title) }
            link rel="icon" type="image/svg+xml" href=(assets::address("icon.svg"));
            link rel="stylesheet" href=(assets::address("app.css"));
            script type="module" src=(assets::address("app.js")) {}
        }
    }
}

fn brand() -> Markup {
    html! {
        a.brand href="/" {
            img src=(assets::address("icon.svg")) alt="" width="36" height="36";
            span { b { "小二" } small { "AI 数字员工" } }
        }
    }
}

fn switch(frame: &Frame<'_>) -> Markup {
    html! {
        details.switch {
            summary { (Icon::Shop.draw()) span { (frame.shop.name) } (Icon::Down.draw()) }
            ul {
                @for shop in frame.shops {
                    li { a href={ "/shops/" (shop.id) } aria-current=[(shop.id == frame.shop.id).then_some("true")] { (shop.name) } }
                }
            }
        }
    }
}

fn navigation(frame: &Frame<'_>) -> Markup {
    html! {
        nav.main aria-label="主导航" {
            ul {
                @for place in Place::ALL {
                    li {
                        a href={ "/shops/" (frame.shop.id) (place.path()) } aria-current=[(place == frame.here).then_some("page")] {
                            (place.icon().draw())
                            span { (place.name()) }
                            @if place == Place::Approvals { b.badge hidden[frame.waiting == 0] { (frame.waiting) } }
                        }
                    }
                }
            }
        }
    }
}

/// One dialog for every skill. `data-state` says where it is: form, running, done, stopped; the style sheet shows what belongs to it.
fn run_dialog() -> Markup {
    html! {
        dialog #run aria-labelledby="run-title" data-state="running" {
            header {
                div { h2 #run-title {} p #run-about.sub {} }
                button.icon-button type="button" data-close="" aria-label="关闭" { (Icon::Close.draw()) }
            }
            form #run-form data-in="form" {
                div #run-fields {}
                div.buttons { button.button.primary type="submit" { "开始" } button.button type="button" data-close="" { "取消" } }
            }
            div data-in="running done stopped" {
                progress #run-progress aria-label="运行进度" {}
                ol #run-steps.steps aria-live="polite" {}
            }
            p #run-why data-in="stopped" role="alert" {}
            div #run-result data-in="done" {}
            div.buttons data-in="running" {
                button.button type="button" data-close="" { "转到后台" }
                button.button type="button" data-cancel="" { "取消运行" }
            }
            div.buttons data-in="done" {
                a.button.primary data-report="" href="" { "查看报告" }
                button.button type="button" data-close="" { "关闭" }
            }
            div.buttons data-in="stopped" {
                button.button.primary type="button" data-again="" { "重试" }
                button.button type="button" data-close="" { "关闭" }
            }
        }
    }
}
