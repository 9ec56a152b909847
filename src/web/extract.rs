//! What handlers are given: the shop that the path names, a body that was understood.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRef, FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::Problem;
use crate::app::App;
use crate::shop::Shop;

/// The shop of the path. There is no other way to a shop's data: a handler that wants some has to take it.
pub(crate) struct Of(pub(crate) Shop);

impl<S> FromRequestParts<S> for Of
where
    Arc<App>: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let unknown = || Problem::not_found("这个店铺");
        let named = RawPathParams::from_request_parts(parts, state).await.map_err(|_| unknown())?;
        let id = named.iter().find(|(key, _)| *key == "shop").map(|(_, id)| id.to_owned()).ok_or_else(unknown)?;
        let app: Arc<App> = FromRef::from_ref(state);
        app.shops.get(&id).await?.map(Of).ok_or_else(|| Problem::not_found(&format!("店铺“{id}”")))
    }
}

/// A JSON body; what is not understood is named.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(refusal) => Err(Problem::new(refusal.status(), format!("请求的内容不对：{}", refusal.body_text()))),
        }
    }
}
