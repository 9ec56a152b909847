//! What a plugin wishes to be allowed, and how a merchant reads it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use xiaoer_sdk::{ActionKind, EventKind, Manifest, Read};

/// Everything that needs a yes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    /// What it may read.
    pub reads: BTreeSet<Read>,
    /// What it may propose.
    pub proposes: BTreeSet<ActionKind>,
    /// Whether it may ask the model, on the shop's budget.
    pub model: bool,
    /// Hosts that it may exchange data with.
    pub http: BTreeSet<String>,
    /// Whether it may keep values.
    pub kv: bool,
    /// What may start it.
    pub on: BTreeSet<EventKind>,
    /// When it may start by itself.
    pub every: Option<String>,
}

impl Wishes {
    /// Of a manifest.
    #[must_use]
    pub fn of(manifest: &Manifest) -> Self {
        let beyond = &manifest.beyond;
        Self {
            reads: manifest.reads.clone(),
            proposes: manifest.proposes.clone(),
            model: !manifest.asks.is_empty(),
            http: beyond.http.clone(),
            kv: beyond.kv,
            on: beyond.on.clone(),
            every: beyond.every.clone(),
        }
    }

    /// What is wished for here and not given there.
    #[must_use]
    pub fn beside(&self, given: &Self) -> Self {
        Self {
            reads: &self.reads - &given.reads,
            proposes: &self.proposes - &given.proposes,
            model: self.model && !given.model,
            http: &self.http - &given.http,
            kv: self.kv && !given.kv,
            on: &self.on - &given.on,
            every: self.every.clone().filter(|every| given.every.as_ref() != Some(every)),
        }
    }

    /// In the merchant's words, one wish a line.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = self.reads.iter().map(|read| reading(*read).into()).collect();
        words.extend(self.proposes.iter().map(|kind| format!("提出“{}”的建议，每一条都要您批准", kind.title())));
        if self.model {
            words.push("用大模型写文字，费用算在本店的预算里".into());
        }
        words.extend(self.http.iter().map(|host| format!("和网站 {host} 交换数据，它读到的店铺内容可能会发到那里")));
        if self.kv {
            words.push("在本店留下自己的记录，最多 1 MiB".into());
        }
        let starts = |event: &EventKind| format!("在“{}”时自己运行，只管授权以后的，接连几笔合成一次", event.title());
        words.extend(self.on.iter().map(starts));
        words.extend(self.every.iter().map(|every| format!("按时间表自己运行（{every}）")));
        words
    }
}

fn reading(read: Read) -> &'static str {
    match read {
        Read::Orders => "读订单",
        Read::Refunds => "读退款",
        Read::Products => "读商品和库存",
        Read::Pictures => "看商品图片",
        Read::Costs => "读商品成本",
        Read::Traffic => "读流量数据",
        Read::Activities => "读可报名的活动",
        Read::Score => "读生意积分和L等级",
        Read::Forecast => "读积分预测",
        Read::Plan => "读升级计划和经营设置",
        Read::Tasks => "读它自己提过的任务",
    }
}
