//! In and out. The address printed at start carries the token; whoever lost it types the token in.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use crate::web::auth::Pass;
use crate::web::view::layout;

/// What the login is given.
#[derive(Deserialize)]
pub(crate) struct Login {
    token: Option<String>,
    /// Where to go on; a path of ours.
    next: Option<String>,
}

pub(crate) async fn show(State(pass): State<Arc<Pass>>, Query(login): Query<Login>) -> Response {
    match login.token {
        Some(_) => answer(&pass, &login),
        None => form(None, login.next.as_deref()).into_response(),
    }
}

pub(crate) async fn enter(State(pass): State<Arc<Pass>>, Form(login): Form<Login>) -> Response {
    answer(&pass, &login)
}

pub(crate) async fn leave(State(pass): State<Arc<Pass>>) -> impl IntoResponse {
    (AppendHeaders([(SET_COOKIE, pass.no_cookie())]), StatusCode::NO_CONTENT)
}

fn answer(pass: &Pass, login: &Login) -> Response {
    let next = login.next.as_deref().filter(|next| is_ours(next));
    if login.token.as_deref().is_some_and(|token| pass.is_token(token.trim())) {
        return (AppendHeaders([(SET_COOKIE, pass.cookie())]), Redirect::to(next.unwrap_or("/"))).into_response();
    }
    let wrong = "令牌不对：请复制启动时打印的整个地址，或数据目录里 token 文件的内容";
    (StatusCode::UNAUTHORIZED, form(Some(wrong), next)).into_response()
}

/// Only a page of a shop: an address of another site never follows a login.
fn is_ours(next: &str) -> bool {
    next.starts_with("/shops/")
        && next.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.'))
}

fn form(wrong: Option<&str>, next: Option<&str>) -> Markup {
    layout::bare(
        "登录",
        &html! {
            section.card.login {
                h1 { "登录小二" }
                p.sub { "请粘贴启动小二时打印的访问令牌。" }
                form method="post" action="/login" {
                    div.field {
                        label for="token" { "访问令牌" }
                        input #token type="password" name="token" required autocomplete="current-password"
                            aria-describedby=[wrong.map(|_| "wrong")] aria-invalid=[wrong.map(|_| "true")];
                    }
                    @if let Some(wrong) = wrong { p #wrong.error role="alert" { (wrong) } }
                    @if let Some(next) = next { input type="hidden" name="next" value=(next); }
                    button.button.primary type="submit" { "登录" }
                }
            }
        },
    )
}
