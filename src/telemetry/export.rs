//! Spans on their way to a collector, in batches, carried by our own HTTP client.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use super::names::TARGET;

/// Sends what is left when it is shut down.
pub struct Exporter(SdkTracerProvider);

/// A layer that sends spans of our target to a collector, and what must be kept until the end. Needs a tokio runtime around it.
///
/// # Errors
/// An address that is none.
pub fn layer<S>(address: &str) -> anyhow::Result<(impl Layer<S> + use<S>, Exporter)>
where
    S: Subscriber + for<'a> LookupSpan<'a> + SubscriberExt,
{
    let client = Carrier { client: crate::http::client(), runtime: Handle::current() };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(client)
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", address.trim_end_matches('/')))
        .build()?;
    let about = Resource::builder_empty().with_service_name("xiaoer").build();
    let provider = SdkTracerProvider::builder().with_resource(about).with_batch_exporter(exporter).build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("xiaoer")).with_location(false);
    let ours = filter_fn(|about| about.is_span() && about.target() == TARGET);
    Ok((layer.with_filter(ours), Exporter(provider)))
}

impl Exporter {
    /// Sends what waits. Blocks until it is gone or given up.
    pub fn flush(&self) {
        if let Err(error) = self.0.force_flush() {
            tracing::warn!(%error, "spans could not be sent");
        }
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        // What cannot be sent at the end is lost, and nobody is left to tell.
        let _ = self.0.shutdown();
    }
}

/// Our client, for a thread that has no runtime of its own.
#[derive(Debug)]
struct Carrier {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait::async_trait]
impl HttpClient for Carrier {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move {
            let response = client.execute(request.try_into()?).await?;
            let status = response.status();
            Ok::<_, reqwest::Error>((status, response.bytes().await?))
        });
        let (status, body) = sent.await??;
        Ok(Response::builder().status(status).body(body)?)
    }
}
