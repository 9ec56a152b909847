//! The console and the API: extract, one call of the application, convert.
//!
//! Nothing here decides anything about a shop; a handler that grows a rule has taken it from somebody. Nothing is served without the
//! token but what [`auth`] lists, every route that reads tenant data names its shop in the path, and every word from outside reaches a
//! page through maud, which escapes it. No JavaScript of others is served.

mod answer;
mod api;
mod assets;
mod assistant;
mod auth;
mod error;
mod extract;
mod pages;
mod view;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower_http::compression::CompressionLayer;

use crate::app::App;
use crate::mcp;
use crate::plugin::archive;
use crate::shop::kept;
use api::pictures::Thumbnails;
use auth::Pass;

/// Most bytes of an imported file.
pub(crate) const LARGEST_FILE: usize = 64 * 1024 * 1024;

/// Most bytes of a platform's message.
const LARGEST_PUSH: usize = 256 * 1024;

/// What every handler may take.
#[derive(Clone)]
struct Web {
    app: Arc<App>,
    pass: Arc<Pass>,
    thumbnails: Thumbnails,
    /// True once the server is told to stop: open streams end then.
    closing: watch::Receiver<bool>,
}

impl FromRef<Web> for Arc<App> {
    fn from_ref(web: &Web) -> Self {
        Arc::clone(&web.app)
    }
}

impl FromRef<Web> for Arc<Pass> {
    fn from_ref(web: &Web) -> Self {
        Arc::clone(&web.pass)
    }
}

/// Serves console and API until `stop` ends. `token` is what lets one in.
///
/// # Errors
/// As the network.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    token: String,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let (close, closing) = watch::channel(false);
    let stopping = async move {
        stop.await;
        // The receivers may all be gone: then no stream is open.
        let _ = close.send(true);
    };
    let service = built(app, &token, closing).into_make_service_with_connect_info::<SocketAddr>();
    // An answer that is written in pieces, as the protocol's are, must not wait for the other side's word on the piece before.
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "a connection keeps its delay");
        }
    });
    axum::serve(listener, service).with_graceful_shutdown(stopping).await
}

/// Console and API, for a server or a test.
pub fn router(app: Arc<App>, token: String) -> Router {
    // Nobody will close it; the streams of a test end with their runs.
    let (_, closing) = watch::channel(false);
    built(app, &token, closing)
}

fn built(app: Arc<App>, token: &str, closing: watch::Receiver<bool>) -> Router {
    let web = Web { app, pass: Arc::new(Pass::new(token)), thumbnails: Thumbnails::default(), closing };
    // What a client of the protocol wishes goes to the API like any other request, and is let in there by the same token.
    let asked = guarded(routes(), &web).with_state(web.clone());
    guarded(routes().merge(mcp::http::routes(asked)), &web)
        .layer(axum::middleware::from_fn(api::metrics::count))
        .layer(CompressionLayer::new())
        .with_state(web)
}

fn guarded(routes: Router<Web>, web: &Web) -> Router<Web> {
    routes
        .layer(axum::middleware::from_fn_with_state(web.clone(), auth::guard))
        .layer(axum::middleware::from_fn(answer::dress))
}

/// THE list of what can be asked.
fn routes() -> Router<Web> {
    Router::new()
        // Without a token.
        .route("/healthz", get(api::system::health))
        .route("/login", get(pages::login::show).post(pages::login::enter))
        .route("/assets/{name}", get(assets::serve))
        .route("/push/alibaba/{app}", post(api::push::receive).layer(DefaultBodyLimit::max(LARGEST_PUSH)))
        // Pages, and parts of pages that they fetch again.
        .route("/", get(pages::home::first))
        .route("/logout", post(pages::login::leave))
        .route("/authorize/callback", get(pages::authorize::back))
        .route("/shops/{shop}", get(pages::home::show))
        .route("/shops/{shop}/parts/{part}", get(pages::parts::show))
        .route("/shops/{shop}/score", get(pages::score::show))
        .route("/shops/{shop}/runs", get(pages::history::show))
        .route("/shops/{shop}/runs/{run}", get(pages::report::show))
        .route("/shops/{shop}/runs/{run}/summary", get(pages::report::summary))
        .route("/shops/{shop}/runs/{run}/facts/{fact}", get(pages::report::source))
        .route("/shops/{shop}/talks", get(pages::talks::list))
        .route("/shops/{shop}/talks/{talk}", get(pages::talks::show))
        .route("/shops/{shop}/talks/{talk}/lines", get(pages::talks::lines))
        .route("/shops/{shop}/talks/{talk}/lines/{n}/facts/{fact}", get(pages::talks::source))
        .route("/shops/{shop}/actions", get(pages::approvals::show))
        .route("/shops/{shop}/actions/{action}", get(pages::approvals::card))
        .route("/shops/{shop}/growth", get(pages::growth::show))
        .route("/shops/{shop}/growth/what-if", get(pages::growth::what_if))
        .route("/shops/{shop}/rules", get(pages::rules::show))
        .route("/shops/{shop}/settings", get(pages::settings::show))
        .route("/shops/{shop}/plugins", get(pages::plugins::show))
        .route("/shops/{shop}/import", get(pages::imports::show))
        .route("/shops/{shop}/import/history", get(pages::imports::history))
        .route("/shops/{shop}/costs", get(pages::costs::show))
        // The API.
        .route("/api/shops", get(api::shops::list).post(api::shops::register))
        .route("/api/shops/{shop}/runs", get(api::runs::list).post(api::runs::accept))
        .route("/api/shops/{shop}/runs/{run}", get(api::runs::get))
        .route("/api/shops/{shop}/runs/{run}/events", get(api::events::follow))
        .route("/api/shops/{shop}/runs/{run}/lines", get(api::events::told_so_far))
        .route("/api/shops/{shop}/runs/{run}/cancel", post(api::runs::cancel))
        .route("/api/shops/{shop}/talks", get(api::talks::list).post(api::talks::begin))
        .route("/api/shops/{shop}/talks/{talk}", get(api::talks::get))
        .route("/api/shops/{shop}/talks/{talk}/ask", post(api::talks::ask))
        .route("/api/shops/{shop}/talks/{talk}/cancel", post(api::talks::cancel))
        .route("/api/shops/{shop}/talks/{talk}/events", get(api::talks::follow))
        .route("/api/shops/{shop}/score", get(api::growth::score))
        .route("/api/shops/{shop}/score/contributions", get(api::growth::contributions))
        .route("/api/shops/{shop}/growth-inputs", get(api::growth::inputs).post(api::growth::enter))
        .route("/api/shops/{shop}/calibrations", post(api::growth::calibrate))
        .route("/api/shops/{shop}/growth-rules", get(api::rules::show).post(api::rules::correct))
        .route("/api/shops/{shop}/growth-business", get(api::rules::business).post(api::rules::keep_business))
        .route("/api/shops/{shop}/forecast", get(api::plans::forecast))
        .merge(plugins())
        .route("/api/shops/{shop}/plan", get(api::plans::plan))
        .route("/api/shops/{shop}/backtest", get(api::plans::backtest))
        .route("/api/shops/{shop}/what-if", post(api::plans::what_if))
        .route("/api/shops/{shop}/plans", get(api::plans::list).post(api::plans::adopt))
        .route("/api/shops/{shop}/plans/{plan}/drop", post(api::plans::drop))
        .merge(files())
        .route("/api/shops/{shop}/imports", get(api::imports::past))
        .route("/api/templates/{file}", get(api::imports::template))
        .route("/api/shops/{shop}/costs", get(api::costs::list).post(api::costs::enter))
        .route("/api/shops/{shop}/costs.xlsx", get(api::costs::download))
        .route("/api/shops/{shop}/sync", post(api::imports::sync))
        .route("/api/shops/{shop}/settings", get(api::shops::settings))
        .route("/api/shops/{shop}/authorization", get(api::authorization::show).post(api::authorization::begin))
        .route("/api/shops/{shop}/authorization/code", post(api::authorization::finish))
        .route("/api/shops/{shop}/authorization/withdraw", post(api::authorization::withdraw))
        .route("/api/shops/{shop}/model-usage", get(api::usage::list))
        .route("/api/shops/{shop}/actions", get(api::actions::list).post(api::actions::propose))
        .route("/api/shops/{shop}/actions/{action}/approve", post(api::actions::approve))
        .route("/api/shops/{shop}/actions/{action}/reject", post(api::actions::reject))
        .route("/api/shops/{shop}/actions/{action}/retry", post(api::actions::retry))
        .route("/api/shops/{shop}/actions/{action}/claim", post(api::actions::claim))
        .route("/api/shops/{shop}/actions/{action}/undo", post(api::actions::undo))
        .route("/api/shops/{shop}/kept", post(api::pictures::keep).layer(DefaultBodyLimit::max(kept::LARGEST + 1)))
        .route("/api/shops/{shop}/kept/{sha256}", get(api::pictures::kept))
        .route("/api/shops/{shop}/pictures/{product}/{n}", get(api::pictures::thumbnail))
        .merge(shelf())
        .route("/metrics", get(api::metrics::text))
        .route("/api/skills", get(api::skills::list))
        .route("/api/assistants", get(api::assistants::list).post(api::assistants::make))
        .route("/api/assistants/revoke", post(api::assistants::revoke))
        .route("/api/schedules", get(api::system::schedules))
        .route("/api/doctor", get(api::system::doctor))
}

/// Plugins, and what shops let them do.
fn plugins() -> Router<Web> {
    Router::new()
        .route("/api/plugins", get(api::plugins::list))
        .route("/api/shops/{shop}/plugins", get(api::plugins::of_shop))
        .route("/api/shops/{shop}/plugins/{plugin}/grant", post(api::plugins::give))
        .route("/api/shops/{shop}/plugins/{plugin}/withdraw", post(api::plugins::withdraw))
        .route("/api/shops/{shop}/plugins/{plugin}/secret", post(api::plugins::secret))
}

/// What takes a whole file. `import/card` is the preview as a page shows it.
fn files() -> Router<Web> {
    Router::new()
        .route("/api/shops/{shop}/import", post(api::imports::import))
        .route("/api/shops/{shop}/import/preview", post(api::imports::preview))
        .route("/api/shops/{shop}/import/card", post(pages::imports::card))
        .route("/api/shops/{shop}/import/to-mend", post(api::imports::to_mend))
        .layer(DefaultBodyLimit::max(LARGEST_FILE))
}

/// What is installed. It belongs to no shop; what a shop lets it do does.
fn shelf() -> Router<Web> {
    Router::new()
        .route("/api/shelf", get(api::shelf::list))
        .route("/api/shelf/folder", post(api::shelf::folder))
        .route("/api/shelf/archive", post(api::shelf::archive).layer(DefaultBodyLimit::max(archive::LARGEST + 1)))
        .route("/api/shelf/named", post(api::shelf::named))
        .route("/api/shelf/update", post(api::shelf::update))
        .route("/api/shelf/keys", get(api::shelf::keys).post(api::shelf::trust))
        .route("/api/shelf/{plugin}/remove", post(api::shelf::remove))
        .route("/api/shelf/{plugin}/rollback", post(api::shelf::rollback))
        .route("/api/shelf/{plugin}/pin", post(api::shelf::pin))
}

#[cfg(test)]
mod tests;
