//! Small pictures of products for the console: fetched through the platform, shrunk, kept for a while in memory.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

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

fn picture(bytes: Bytes) -> Response {
    ([(CONTENT_TYPE, "image/jpeg"), (CACHE_CONTROL, "private, max-age=3600")], bytes).into_response()
}
