//! What reaches outside the house: a question to a model, a picture, a request of a plugin. Each is journaled by the caller before the
//! skill sees it; nothing here decides whether it was allowed.

use xiaoer_sdk::{Answer, Call, CallError, PictureFindings};

use super::{Broker, unreadable};
use crate::llm::talk::Account;
use crate::llm::{Bill, LlmError, Paid};
use crate::plugin::prompts;

impl Broker {
    pub(super) async fn outside(&self, call: Call, once: &str) -> Result<(Answer, Vec<Paid>, Option<Bill>), CallError> {
        match call {
            Call::Ask(ask) => {
                let (shop, role) = (self.shop.id.clone(), self.manifest.role.clone());
                let account = Account { shop, role, run: self.run.id.clone() };
                let broken = |error: LlmError| CallError::Broken { why: error.to_string() };
                let prompt = match &self.plugin {
                    Some(package) => prompts::of(package, &ask.prompt).map_err(LlmError::from),
                    None => self.ports.llm.prompt(&self.shop.id, &ask.prompt).await,
                };
                let answered = self.ports.llm.answer_by(&account, &ask, &prompt.map_err(broken)?).await;
                let answered = answered.map_err(broken)?;
                Ok((Answer::Asked(answered.asked), answered.paid, answered.bill))
            }
            Call::Inspect { product, picture } => {
                Ok((Answer::Picture(self.inspect(&product, &picture).await?), Vec::new(), None))
            }
            Call::Fetch(fetch) => {
                let fetched = self.ports.fetcher.fetch(&self.shop.id, &self.identity()?, &fetch, once).await;
                Ok((Answer::Fetched(fetched.map_err(|why| CallError::Unavailable { why })?), Vec::new(), None))
            }
            Call::Recall { key } => {
                let value = self.ports.values.get(&self.shop.id, &self.identity()?, &key).await.map_err(unreadable)?;
                Ok((Answer::Recalled(value), Vec::new(), None))
            }
            other => Err(CallError::Broken { why: format!("{other:?} is not an outside call") }),
        }
    }

    async fn inspect(&self, product: &str, picture: &str) -> Result<PictureFindings, CallError> {
        let known = self.ports.mirror.product(&self.shop, self.run.generation, product).await.map_err(unreadable)?;
        if !known.is_some_and(|p| p.pictures.iter().any(|known| known == picture)) {
            return Err(CallError::NotFound { what: format!("picture {picture} of product {product}") });
        }
        let unavailable = |why: String| CallError::Unavailable { why };
        let platform = self.ports.connect.platform(&self.shop).await.map_err(|e| unavailable(e.to_string()))?;
        let bytes = platform.picture(picture).await.map_err(|e| unavailable(format!("商品图片下载失败：{e}")))?;
        let seen = tokio::task::spawn_blocking(move || xiaoer_media::inspect(&bytes, &xiaoer_media::Limits::default()))
            .await
            .map_err(|e| CallError::Broken { why: e.to_string() })?
            .map_err(|e| unavailable(e.merchant_sentence()))?;
        Ok(findings(&seen))
    }
}

fn findings(seen: &xiaoer_media::Inspection) -> PictureFindings {
    PictureFindings {
        width: seen.width,
        height: seen.height,
        bytes: seen.byte_size,
        format: seen.format.to_string(),
        sharpness: seen.sharpness,
        white_border: seen.white_border,
    }
}
