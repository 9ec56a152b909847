//! The seam between a talk and the models: the installation's own, as a talker.

use std::sync::Arc;

use async_trait::async_trait;

use super::Talker;
use crate::llm::ModelError;
use crate::llm::talk::{Account, Said, Tool, Turn};
use crate::run::broker::Ports;

/// The installation's own models.
pub struct Voice {
    ports: Arc<Ports>,
}

impl Voice {
    /// Over the ports that the runs' questions go through.
    #[must_use]
    pub fn new(ports: Arc<Ports>) -> Self {
        Self { ports }
    }
}

#[async_trait]
impl Talker for Voice {
    fn model(&self) -> Option<String> {
        // Without tools a model could only guess; the routed answer knows.
        let llm = &self.ports.llm;
        llm.model().filter(|_| llm.talks()).map(String::from)
    }

    async fn turn(
        &self,
        account: &Account,
        talk: &[Said],
        tools: &[Tool],
        hear: &(dyn for<'w> Fn(&'w str) + Send + Sync),
    ) -> Result<Turn, ModelError> {
        let (turn, _, bill) = self.ports.llm.turn(account, talk, tools, hear).await?;
        if let Some(bill) = bill {
            bill.settle().await;
        }
        Ok(turn)
    }
}
