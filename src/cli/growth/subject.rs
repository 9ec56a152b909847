//! What to score: a shop of an installation, reached over its API, or files, read here.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use xiaoer::score::file::{self, File, FileLedger, Files};
use xiaoer::score::{Ahead, Business, Stand, economics, seed};
use xiaoer_sdk::growth::{self, Industry, RulePack};

use super::args::SubjectArgs;
use crate::cli::local::Place;
use crate::cli::log::complain;
use crate::cli::remote::Remote;

/// What a growth command is about.
pub(super) enum Subject {
    /// A shop; the server answers.
    Shop(ShopSubject),
    /// Files; everything is at hand.
    Files(Box<FileSubject>),
}

/// A shop behind its API.
pub(super) struct ShopSubject {
    remote: Remote,
    shop: String,
    query: Vec<(&'static str, String)>,
}

/// Files with the question that they answer.
pub(super) struct FileSubject {
    pub(super) read: FileLedger,
    pub(super) industry: Industry,
    pub(super) as_of: NaiveDate,
    pub(super) pack: &'static RulePack,
}

impl Subject {
    /// Reaches the shop or reads the files. Rows that cannot be used are complained about, and the rest counts.
    pub(super) async fn of(place: Place, wish: &SubjectArgs) -> anyhow::Result<Self> {
        match (&wish.orders, &wish.shop) {
            (Some(path), _) => Ok(Self::Files(Box::new(files(path, wish)?))),
            (None, Some(shop)) => {
                let query = [("as_of", wish.as_of.map(|day| day.to_string())), ("pack", wish.pack.clone())];
                let query = query.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
                Ok(Self::Shop(ShopSubject { remote: Remote::reach(place).await?, shop: shop.clone(), query }))
            }
            (None, None) => anyhow::bail!("say --shop or --orders"),
        }
    }
}

impl ShopSubject {
    /// The answer of one of the shop's routes, asked with the day and the pack, and more.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        route: &str,
        more: &[(&'static str, Option<String>)],
    ) -> anyhow::Result<T> {
        let more = more.iter().filter_map(|(key, value)| Some((*key, value.as_deref()?)));
        let all = self.query.iter().map(|(key, value)| (*key, value.as_str())).chain(more);
        let query: Vec<String> = all.map(|(key, value)| format!("{key}={value}")).collect();
        self.remote.get(&format!("/api/shops/{}/{route}?{}", self.shop, query.join("&"))).await
    }
}

impl FileSubject {
    /// The coming days of these files, with what is known of the business.
    pub(super) fn ahead(&self, business: Option<Business>) -> anyhow::Result<Ahead> {
        let business = Business { entered: Some(self.as_of), ..business.unwrap_or_default() };
        let rules = self.pack.corrected(&business.judging()).map_err(|error| anyhow::anyhow!(error.sentence()))?;
        Ok(Ahead::of(Stand {
            rules,
            industry: self.industry,
            inputs: self.read.inputs.clone(),
            ledger: Arc::clone(&self.read.ledger),
            as_of: self.as_of,
            economics: economics(&business, None),
            business,
            earlier: Vec::new(),
            seed: seed("", self.as_of),
        }))
    }
}

fn files(orders: &Path, wish: &SubjectArgs) -> anyhow::Result<FileSubject> {
    let also = |path: &Option<std::path::PathBuf>| path.as_deref().map(open).transpose();
    let files = Files {
        orders: open(orders)?,
        refunds: also(&wish.refunds)?,
        marks: also(&wish.marks)?,
        inputs: also(&wish.inputs)?,
    };
    let read = file::read(&files)?;
    for problem in &read.problems {
        complain(problem);
    }
    let (Some(industry), Some(as_of)) = (wish.industry, wish.as_of) else {
        anyhow::bail!("a file needs --industry and --as-of")
    };
    let pack = match wish.pack.as_deref() {
        Some(id) => growth::pack(id).with_context(|| {
            let known: Vec<&str> = growth::packs().iter().map(|pack| pack.id.as_str()).collect();
            format!("there is no rule pack {id:?}; known: {}", known.join(", "))
        })?,
        None => growth::pack_for(as_of).0,
    };
    Ok(FileSubject { read, industry, as_of, pack })
}

fn open(path: &Path) -> anyhow::Result<File> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(File { name: path.display().to_string(), bytes })
}
