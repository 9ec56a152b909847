//! New rows for the mirror: a file that the merchant hands over, or a sync with the platform. And files for the merchant: templates, and
//! rows to mend.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use xiaoer_orders::Template;

use crate::app::App;
use crate::shop::import::{self, Handed, Imported, Past, Preview};
use crate::shop::sync::SyncOutcome;
use crate::shop::{Link, Shop};
use crate::web::error::Problem;
use crate::web::extract::Of;

/// Imports of a list.
const LISTED: usize = 100;
/// Characters of a file's name that are kept.
const LONGEST_NAME: usize = 120;
/// Who hands files over in the console: whoever holds the token.
pub(crate) const PERSON: &str = "商家";

/// What is said of a file beside its bytes.
#[derive(Deserialize)]
pub(crate) struct Told {
    #[serde(default)]
    name: String,
    /// The bytes that were previewed, where somebody has seen a preview.
    sha256: Option<String>,
}

pub(crate) async fn import(
    State(app): State<Arc<App>>,
    Of(shop): Of,
    Query(told): Query<Told>,
    file: Bytes,
) -> Result<Json<Imported>, Problem> {
    refuse_empty(&file)?;
    let name: String = told.name.chars().filter(|letter| !letter.is_control()).take(LONGEST_NAME).collect();
    let handed = Handed { name: &name, by: PERSON, bytes: &file, seen: told.sha256.as_deref() };
    let imported = import::import(&shop, &app.mirror, handed, &app.clock).await?;
    settle(&app, &shop).await?;
    Ok(Json(imported))
}

/// What a person did by hand may be confirmed by new rows. A platform's own rows come with the next sync.
async fn settle(app: &App, shop: &Shop) -> Result<(), Problem> {
    if matches!(shop.link, Link::Files) {
        app.upkeep.sync(shop).await?;
    }
    Ok(())
}

pub(crate) async fn preview(State(app): State<Arc<App>>, Of(shop): Of, file: Bytes) -> Result<Json<Preview>, Problem> {
    refuse_empty(&file)?;
    Ok(Json(import::preview(&shop, &app.mirror, &file).await?))
}

/// The rows that would not load, as a workbook.
pub(crate) async fn to_mend(Of(_): Of, file: Bytes) -> Result<Response, Problem> {
    refuse_empty(&file)?;
    let book = import::to_mend(&file).await?;
    book.map_or_else(|| Ok(StatusCode::NO_CONTENT.into_response()), |book| Ok(attached("待改正的行.xlsx", book)))
}

pub(crate) async fn past(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Json<Vec<Past>>, Problem> {
    Ok(Json(import::past(&shop, &app.mirror, LISTED).await?))
}

/// `costs.xlsx`, `costs.csv` and so on.
pub(crate) async fn template(Path(file): Path<String>) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("这个模板");
    let (key, form) = file.rsplit_once('.').ok_or_else(unknown)?;
    let template: Template = key.parse().map_err(|_| unknown())?;
    let sheet = template.sheet();
    let bytes = match form {
        "xlsx" => sheet.to_xlsx().map_err(Problem::broken)?,
        "csv" => sheet.to_csv(),
        _ => return Err(unknown()),
    };
    Ok(attached(&format!("{}模板.{form}", template.kind().name()), bytes))
}

/// A file to keep, under a name in Chinese.
pub(crate) fn attached(name: &str, bytes: Vec<u8>) -> Response {
    let kind = if name.ends_with(".csv") {
        "text/csv; charset=utf-8"
    } else {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    let encoded: String =
        name.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
    let disposition = format!("attachment; filename*=UTF-8''{encoded}");
    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

fn refuse_empty(file: &Bytes) -> Result<(), Problem> {
    if file.is_empty() { Err(Problem::bad("文件是空的，请重新导出后再导入")) } else { Ok(()) }
}

/// The outcome; none for a shop that lives from files.
pub(crate) async fn sync(State(app): State<Arc<App>>, Of(shop): Of) -> Result<Json<Option<SyncOutcome>>, Problem> {
    Ok(Json(app.upkeep.sync(&shop).await?))
}
