//! Style, script and icon, part of the program. Each address carries the hash of its content, so a browser may keep it for good.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};

use super::error::Problem;

/// One file.
struct Asset {
    name: &'static str,
    kind: &'static str,
    text: String,
    /// Where a page finds it.
    address: String,
}

/// THE list.
static ASSETS: LazyLock<[Asset; 4]> = LazyLock::new(|| {
    let style = [
        include_str!("assets/app.css"),
        include_str!("assets/parts.css"),
        include_str!("assets/growth.css"),
        include_str!("assets/talk.css"),
        include_str!("assets/files.css"),
        xiaoer_media::chart::STYLESHEET,
    ]
    .concat();
    [
        asset("app.css", "text/css; charset=utf-8", style),
        asset("app.js", "text/javascript; charset=utf-8", include_str!("assets/app.js").into()),
        // Only the pages of files and costs load it.
        asset("files.js", "text/javascript; charset=utf-8", include_str!("assets/files.js").into()),
        asset("icon.svg", "image/svg+xml", include_str!("assets/icon.svg").into()),
    ]
});

fn asset(name: &'static str, kind: &'static str, text: String) -> Asset {
    let hash = hex::encode(&Sha256::digest(&text)[..5]);
    Asset { name, kind, text, address: format!("/assets/{name}?v={hash}") }
}

/// Where a page finds a file of this name.
pub(crate) fn address(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).map_or("/assets/", |asset| asset.address.as_str())
}

pub(crate) async fn serve(Path(name): Path<String>) -> Result<Response, Problem> {
    let asset = ASSETS.iter().find(|asset| asset.name == name).ok_or_else(|| Problem::not_found("这个文件"))?;
    let headers = [(CONTENT_TYPE, asset.kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, asset.text.as_str()).into_response())
}
