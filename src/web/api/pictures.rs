//! Pictures for the console: small ones of products, fetched through the platform, shrunk, kept for a while in memory; and those that
//! were handed over for an action.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::app::App;
use crate::shop::kept::{self, Kept};
use crate::web::Web;
use crate::web::error::Problem;
use crate::web::extract::Of;

/// Longest side in pixels: sharp on a phone at the size a page shows.
const SIDE: u32 = 240;
/// Pictures kept; about 10 kB each.
const KEPT: usize = 256;
/// Pictures fetched and decoded side by side: a page of forty must not fill the memory with whole photographs.
const AT_ONCE: usize = 3;

type Key = (String, String);

/// The name of a picture that was taken.
#[derive(Serialize)]
pub(crate) struct Named {
    sha256: String,
}

/// Small pictures that were made lately.
#[derive(Clone)]
pub(crate) struct Thumbnails {
    made: Arc<Mutex<VecDeque<(Key, Bytes)>>>,
    places: Arc<Semaphore>,
}

impl Default for Thumbnails {
    fn default() -> Self {
        Self { made: Arc::default(), places: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Thumbnails {
    fn find(&self, key: &Key) -> Option<Bytes> {
        let made = self.made.lock().expect("nothing panics while looking up");
        made.iter().find(|(known, _)| known == key).map(|(_, picture)| picture.clone())
    }

    fn keep(&self, key: Key, picture: Bytes) {
        let mut made = self.made.lock().expect("nothing panics while inserting");
        if made.len() >= KEPT {
            made.pop_front();
        }
        made.push_back((key, picture));
    }
}

pub(crate) async fn thumbnail(
    State(web): State<Web>,
    Of(shop): Of,
    Path((_, product, n)): Path<(String, String, usize)>,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("这张商品图片");
    let head = web.app.mirror.head(&shop.id).await?.ok_or_else(unknown)?;
    let product = web.app.mirror.product(&shop, head.generation, &product).await?.ok_or_else(unknown)?;
    let path = product.pictures.get(n).cloned().ok_or_else(unknown)?;
    let key = (shop.id.clone(), path);
    if let Some(known) = web.thumbnails.find(&key) {
        return Ok(picture(known));
    }
    let _place = web.thumbnails.places.acquire().await.map_err(Problem::broken)?;
    let platform = web.app.connect.platform(&shop).await?;
    let bytes = platform.picture(&key.1).await.map_err(|error| Problem::outside(error.to_string()))?;
    let made =
        tokio::task::spawn_blocking(move || xiaoer_media::thumbnail(&bytes, SIDE, &xiaoer_media::Limits::default()));
    let made = made.await.map_err(Problem::broken)?.map_err(|error| Problem::outside(error.merchant_sentence()))?;
    let made = Bytes::from(made);
    web.thumbnails.keep(key, made.clone());
    Ok(picture(made))
}

/// Takes a picture that an action is to put up, and names it.
pub(crate) async fn keep(State(app): State<Arc<App>>, Of(shop): Of, bytes: Bytes) -> Result<Json<Named>, Problem> {
    Ok(Json(Named { sha256: Kept::new(app.db.clone()).keep(&shop.id, &bytes).await? }))
}

/// A picture as it was taken: what a person approves is what they see.
pub(crate) async fn kept(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Path((_, sha256)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = Kept::new(app.db.clone()).get(&shop.id, &sha256).await?;
    let bytes = found.ok_or_else(|| Problem::not_found("这张图片"))?;
    let kind = kept::kind(&bytes).unwrap_or("application/octet-stream");
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, "private, max-age=3600")], bytes).into_response())
}

fn picture(bytes: Bytes) -> Response {
    ([(CONTENT_TYPE, "image/jpeg"), (CACHE_CONTROL, "private, max-age=3600")], bytes).into_response()
}
