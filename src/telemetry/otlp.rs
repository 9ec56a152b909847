//! Spans on their way out: batched by OpenTelemetry's own exporter, carried by our one HTTP client.
//!
//! Exists only where an owner named a collector. A collector that is away loses spans; it never slows or stops the work.

use async_trait::async_trait;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;

use super::span;

/// `[telemetry]` in agents.toml.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetryConfig {
    /// The collector, up to its port: `http://127.0.0.1:4318`. None = no span leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otlp: Option<String>,
    /// Whether spans hold what was said, masked.
    #[serde(default)]
    pub content: bool,
}

/// Sends what is left when it is dropped.
pub struct Exporter(SdkTracerProvider);

/// Why the exporter cannot start.
#[derive(Debug, thiserror::Error)]
#[error("[telemetry] otlp = {address:?}: {why}")]
pub struct ExporterError {
    address: String,
    why: String,
}

/// A layer that exports our spans and nothing else, and what ends it. None where no collector is named.
///
/// Must be called within the runtime that carries the requests.
///
/// # Errors
/// [`ExporterError`] for an address that is none.
pub fn layer<S>(
    config: &TelemetryConfig,
) -> Result<Option<(impl Layer<S> + Send + Sync + use<S>, Exporter)>, ExporterError>
where
    S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
{
    let Some(address) = &config.otlp else { return Ok(None) };
    let refused = |why: String| ExporterError { address: address.clone(), why };
    let base = address.trim().trim_end_matches('/');
    if !base.starts_with("http://") && !base.starts_with("https://") {
        return Err(refused("an address begins with http:// or https://".into()));
    }
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Carrier { client: crate::http::client(), runtime: Handle::current() })
        .with_protocol(Protocol::HttpJson)
        .with_endpoint(format!("{}/v1/traces", base.trim_end_matches("/v1/traces")))
        .build()
        .map_err(|error| refused(error.to_string()))?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name("xiaoer").build())
        .build();
    span::with_content(config.content);
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("xiaoer"))
        // Files and lines of ours, threads: nobody asked for them.
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        // Only our own spans: a log line of a library may hold anything.
        .with_filter(Targets::new().with_target(span::TARGET, LevelFilter::INFO));
    Ok(Some((layer, Exporter(provider))))
}

impl Exporter {
    /// Sends what is waiting.
    pub fn flush(&self) {
        if let Err(error) = self.0.force_flush() {
            tracing::warn!(%error, "spans could not be sent");
        }
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        // The last spans of a process are lost if its collector is away; there is nobody left to tell.
        let _ = self.0.shutdown();
    }
}

/// The exporter waits on a thread of its own without a runtime, so requests are made on ours.
#[derive(Debug)]
struct Carrier {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Carrier {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move {
            let (head, body) = request.into_parts();
            let request = client.request(head.method, head.uri.to_string()).headers(head.headers).body(body);
            let answer = request.send().await?;
            let (status, body) = (answer.status(), answer.bytes().await?);
            Ok::<_, reqwest::Error>((status, body))
        });
        let (status, body) = sent.await??;
        Ok(Response::builder().status(status).body(body)?)
    }
}
