//! The seam between a talk and the model's client.

use std::sync::Arc;

use async_trait::async_trait;

use super::Talker;
use crate::llm::ModelError;
use crate::llm::talk::{Account, Said, Tool, Turn};
use crate::run::broker::Ports;

/// The installation's own model, as a talker.
///
/// The one place where a turn of the model's client comes in: `model` answers with the name of `ports.llm`, `turn` hands over to its turn
/// with tools. Until the client knows such turns it reports no model, and every question is routed to a skill.
pub struct Voice {
    _ports: Arc<Ports>,
}

impl Voice {
    /// Over the ports that the runs' questions go through.
    #[must_use]
    pub fn new(ports: Arc<Ports>) -> Self {
        Self { _ports: ports }
    }
}

#[async_trait]
impl Talker for Voice {
    fn model(&self) -> Option<String> {
        None
    }

    async fn turn(
        &self,
        _account: &Account,
        _talk: &[Said],
        _tools: &[Tool],
        _hear: &(dyn for<'w> Fn(&'w str) + Send + Sync),
    ) -> Result<Turn, ModelError> {
        Err(ModelError::Transient)
    }
}
