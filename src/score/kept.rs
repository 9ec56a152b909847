//! What a merchant keeps beside the orders: inputs, corrections of the rules, figures of the business.
//!
//! Each shop's own, under its key. Nothing is kept that the rules refuse, and what 成长中心 once showed is never lost by saving a form.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::value::RawValue;
use xiaoer_growth::{Calibration, Correction, Inputs, RulePack};

use super::Scorer;
use super::business::Business;
use crate::db::{self, Batch, DbError, Key, Table};

/// How often a change is tried again that somebody else's change overtook.
const TRIES: usize = 8;

/// Why something was not kept. The texts are for the merchant.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// It does not hold; nothing of it was kept.
    #[error("{0}")]
    Refused(String),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Corrections by the id of the pack that they correct.
type Corrections = BTreeMap<String, Vec<Correction>>;

impl Scorer {
    /// What the merchant entered besides orders.
    ///
    /// # Errors
    /// As the database.
    pub async fn inputs(&self, shop: &str) -> Result<Inputs, DbError> {
        Ok(db::get(&*self.db, Table::Settings, &inputs_key(shop)).await?.unwrap_or_default())
    }

    /// Keeps what the merchant entered and answers what is kept now. Whatever 成长中心 showed on other days stays: a form shows only the
    /// newest of it.
    ///
    /// # Errors
    /// As the database.
    pub async fn enter(&self, shop: &str, inputs: &Inputs) -> Result<Inputs, DbError> {
        self.change_inputs(shop, |kept| {
            let shown = std::mem::take(&mut kept.shown);
            let typed = inputs.shown.iter().cloned();
            *kept = Inputs { shown, ..inputs.clone() };
            typed.for_each(|shown| kept.keep_shown(shown));
        })
        .await
    }

    /// Keeps what 成长中心 showed on a day, instead of what was kept for that day.
    ///
    /// # Errors
    /// As the database.
    pub async fn keep_shown(&self, shop: &str, shown: Calibration) -> Result<Inputs, DbError> {
        self.change_inputs(shop, |kept| kept.keep_shown(shown.clone())).await
    }

    /// Forgets what was kept for a day: it was typed wrongly.
    ///
    /// # Errors
    /// As the database.
    pub async fn forget_shown(&self, shop: &str, day: NaiveDate) -> Result<Inputs, DbError> {
        self.change_inputs(shop, |kept| kept.shown.retain(|shown| shown.day != day)).await
    }

    /// Two forms may be saved at once, and neither may undo the other.
    async fn change_inputs(&self, shop: &str, change: impl Fn(&mut Inputs)) -> Result<Inputs, DbError> {
        let key = inputs_key(shop);
        let mut overtaken = DbError::Conflict;
        for _ in 0..TRIES {
            // As it is written there: an older shape of the record must still be recognised.
            let before: Option<Box<RawValue>> = db::get(&*self.db, Table::Settings, &key).await?;
            let mut inputs = self.inputs(shop).await?;
            change(&mut inputs);
            let batch = Batch::new().put(Table::Settings, key.clone(), &inputs);
            let batch = match before {
                Some(before) => batch.expect(Table::Settings, key.clone(), &before),
                None => batch.expect_absent(Table::Settings, key.clone()),
            };
            match self.db.commit(batch).await {
                Ok(()) => return Ok(inputs),
                Err(DbError::Conflict) => overtaken = DbError::Conflict,
                Err(other) => return Err(other),
            }
        }
        Err(overtaken)
    }

    /// The merchant's corrections of a pack.
    ///
    /// # Errors
    /// As the database.
    pub async fn corrections(&self, shop: &str, pack: &str) -> Result<Vec<Correction>, DbError> {
        Ok(self.all_corrections(shop).await?.remove(pack).unwrap_or_default())
    }

    /// The merchant's corrections of all packs, by the pack's id.
    ///
    /// # Errors
    /// As the database.
    pub async fn all_corrections(&self, shop: &str) -> Result<Corrections, DbError> {
        Ok(db::get(&*self.db, Table::Settings, &rules_key(shop)).await?.unwrap_or_default())
    }

    /// Keeps all corrections of a pack instead of those that were kept, and answers the corrected pack.
    ///
    /// # Errors
    /// [`KeepError::Refused`] when there is no such pack or the corrected figures do not hold together; nothing is kept then.
    pub async fn correct(&self, shop: &str, pack: &str, corrections: Vec<Correction>) -> Result<RulePack, KeepError> {
        let known = xiaoer_growth::pack(pack).ok_or_else(|| KeepError::Refused(format!("没有规则包“{pack}”")))?;
        let corrected = known.corrected(&corrections).map_err(|error| KeepError::Refused(error.sentence()))?;
        let mut all = self.all_corrections(shop).await?;
        if corrections.is_empty() {
            all.remove(pack);
        } else {
            all.insert(pack.to_owned(), corrections);
        }
        self.db.commit(Batch::new().put(Table::Settings, rules_key(shop), &all)).await?;
        Ok(corrected)
    }

    /// The rules of a day as this shop's merchant corrected them: what every answer about this shop is computed by.
    ///
    /// # Errors
    /// [`KeepError::Refused`] when what was kept no longer fits the pack.
    pub async fn rules(&self, shop: &str, as_of: NaiveDate) -> Result<RulePack, KeepError> {
        self.corrected(shop, xiaoer_growth::pack_for(as_of).0).await
    }

    /// A pack with the corrections that this shop's merchant made of it.
    ///
    /// # Errors
    /// [`KeepError::Refused`] when what was kept no longer fits the pack.
    pub async fn corrected(&self, shop: &str, pack: &RulePack) -> Result<RulePack, KeepError> {
        let mut corrections = self.corrections(shop, &pack.id).await?;
        let business = self.business(shop).await?;
        // A correction of the rules themselves goes before what the business form says of the same thing.
        if !corrections.iter().any(|correction| correction.field.starts_with("judging.")) {
            corrections.extend(business.judging());
        }
        pack.corrected(&corrections)
            .map_err(|error| KeepError::Refused(format!("店铺里修正过的规则现在不成立：{}", error.sentence())))
    }

    /// What is known of the shop's business.
    ///
    /// # Errors
    /// As the database.
    pub async fn business(&self, shop: &str) -> Result<Business, DbError> {
        Ok(db::get(&*self.db, Table::Settings, &business_key(shop)).await?.unwrap_or_default())
    }

    /// Keeps what is known of the shop's business. `on` is the day on which it was entered.
    ///
    /// # Errors
    /// [`KeepError::Refused`] when a figure cannot be; nothing is kept then.
    pub async fn keep_business(&self, shop: &str, business: Business, on: NaiveDate) -> Result<Business, KeepError> {
        business.check().map_err(KeepError::Refused)?;
        let business = Business { entered: Some(on), ..business };
        self.db.commit(Batch::new().put(Table::Settings, business_key(shop), &business)).await?;
        Ok(business)
    }
}

fn growth_key(shop: &str, what: &str) -> Key {
    Key::of(shop).part("growth").part(what)
}

fn inputs_key(shop: &str) -> Key {
    growth_key(shop, "inputs")
}

fn rules_key(shop: &str) -> Key {
    growth_key(shop, "rules")
}

fn business_key(shop: &str) -> Key {
    growth_key(shop, "business")
}

pub(super) fn plans_key(shop: &str) -> Key {
    growth_key(shop, "plans")
}
