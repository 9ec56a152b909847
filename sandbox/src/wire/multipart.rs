//! The form of uploads: text parts are fields like any other, parts with a file name are bytes and stay unsigned.

use axum::extract::{FromRequest, Multipart, Request};
use axum::response::{IntoResponse, Response};

use super::params::Params;

/// Adds the parts of a multipart body to the `fields` of the query.
pub(super) async fn read(request: Request, mut fields: Vec<(String, String)>) -> Result<Params, Response> {
    let mut parts = Multipart::from_request(request, &()).await.map_err(IntoResponse::into_response)?;
    let mut files = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(IntoResponse::into_response)? {
        let name = part.name().unwrap_or_default().to_owned();
        let is_file = part.file_name().is_some();
        let bytes = part.bytes().await.map_err(IntoResponse::into_response)?.to_vec();
        match String::from_utf8(bytes) {
            Ok(text) if !is_file => fields.push((name, text)),
            Ok(text) => files.push((name, text.into_bytes())),
            // Not every client names the file of its bytes.
            Err(bytes) => files.push((name, bytes.into_bytes())),
        }
    }
    Ok(Params { fields, files })
}
