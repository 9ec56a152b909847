//! New rows for the mirror: a file that the merchant hands over, or a sync with the platform.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;

use crate::app::App;
use crate::shop::Link;
use crate::shop::import::{self, Imported};
use crate::shop::sync::SyncOutcome;
use crate::web::error::Problem;
use crate::web::extract::Of;

pub(crate) async fn import(State(app): State<Arc<App>>, Of(shop): Of, file: Bytes) -> Result<Json<Imported>, Problem> {
    if file.is_empty() {
        return Err(Problem::bad("文件是空的，请重新导出后再导入"));
    }
    let imported = import::import(&shop, &app.mirror, &file, &app.clock).await?;
    if matches!(shop.link, Link::Files) {
        // What a person did by hand may be confirmed by these rows. A platform's own rows come with the next sync.
        app.upkeep.sync(&shop).await?;
    }
    Ok(Json(imported))
}

/// The outcome; none for a shop that lives from files.
pub(crate) async fn sync(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Json<Option<SyncOutcome>>, Problem> {
    Ok(Json(app.upkeep.sync(&shop).await?))
}
