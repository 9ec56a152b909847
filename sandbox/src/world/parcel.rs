//! Parcels: who carries them, what is in them, and how far they have come. Numbers of generated parcels follow from
//! the order, so that a shop's past needs no memory of them.

use serde::{Deserialize, Serialize};

use super::dice::Dice;
use super::order::{OrderView, Status};
use crate::clock::Moment;

/// A carrier as the platform's list has it. The delivery call wants `no`, never the numeric id.
#[derive(Debug)]
pub(crate) struct Carrier {
    pub(crate) id: i64,
    pub(crate) no: &'static str,
    pub(crate) name: &'static str,
    pub(crate) spelling: &'static str,
}

pub(crate) static CARRIERS: [Carrier; 9] = [
    Carrier { id: 1, no: "SF", name: "顺丰速运", spelling: "shunfengsuyun" },
    Carrier { id: 2, no: "YTO", name: "圆通速递", spelling: "yuantongsudi" },
    Carrier { id: 3, no: "ZTO", name: "中通快递", spelling: "zhongtongkuaidi" },
    Carrier { id: 4, no: "STO", name: "申通快递", spelling: "shentongkuaidi" },
    Carrier { id: 5, no: "YUNDA", name: "韵达快递", spelling: "yundakuaidi" },
    Carrier { id: 6, no: "EMS", name: "EMS", spelling: "ems" },
    Carrier { id: 7, no: "DBL", name: "德邦物流", spelling: "debangwuliu" },
    Carrier { id: 8, no: "other", name: "其他", spelling: "qita" },
    Carrier { id: 9, no: "JTSD", name: "极兔速递", spelling: "jitusudi" },
];

/// One parcel of an order.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Parcel {
    pub(crate) number: i64,
    pub(crate) at: Moment,
    /// Numbers of the order's lines that are in it, whole lines only.
    pub(crate) lines: Vec<i64>,
    pub(crate) way: Way,
}

/// How a parcel travels.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Way {
    Carrier {
        no: String,
        bill: String,
    },
    /// Without logistics; `condition` is the wire's `noLogisticsCondition`.
    Unlogged {
        condition: String,
        name: String,
        tel: String,
        bill: String,
    },
}

impl Way {
    pub(crate) fn carrier(&self) -> &'static Carrier {
        let no = match self {
            Self::Carrier { no, .. } => no.as_str(),
            Self::Unlogged { .. } => "other",
        };
        CARRIERS.iter().find(|carrier| carrier.no == no).unwrap_or(&CARRIERS[7])
    }

    pub(crate) fn bill(&self) -> &str {
        match self {
            Self::Carrier { bill, .. } => bill,
            Self::Unlogged { .. } => "不需要物流",
        }
    }
}

impl Parcel {
    /// The number on the wire.
    pub(crate) fn id(&self) -> String {
        format!("ZX{}", self.number)
    }

    /// The number of a parcel that takes an order's lines from `position` on.
    pub(crate) fn number_of(order: i64, position: usize) -> i64 {
        let serial = i64::try_from(position).unwrap_or(0);
        Dice::of(0, "parcel", order).between(100_000_000_000_000, 899_999_999_999_999) + serial
    }

    /// What the carrier has told by `now`, oldest first. A parcel without logistics tells nothing.
    pub(crate) fn trace(&self, view: &OrderView<'_>, now: Moment) -> Vec<(Moment, &'static str)> {
        if matches!(self.way, Way::Unlogged { .. }) {
            return Vec::new();
        }
        let at = |minutes| self.at.plus_minutes(minutes);
        let mut steps = vec![
            (at(130), "已揽件"),
            (at(9 * 60), "离开始发地分拨中心，发往目的地分拨中心"),
            (at(27 * 60), "到达目的地分拨中心"),
            (at(31 * 60), "快件正在派送"),
        ];
        if let Some(received) = view.order.life.received {
            steps.retain(|step| step.0 < received);
            steps.push((received, "快件已签收"));
        }
        steps.retain(|step| step.0 <= now);
        steps
    }
}

impl OrderView<'_> {
    /// The parcels that have left, those of the seller's calls and the one that the shop sent by itself.
    pub(crate) fn parcels(&self) -> Vec<Parcel> {
        let mut parcels: Vec<Parcel> = self
            .order
            .written
            .parcels
            .iter()
            .filter(|parcel| self.happened(Some(parcel.at)).is_some())
            .cloned()
            .collect();
        let Some(sent) = self.happened(self.order.life.sent) else { return parcels };
        let packed = |line: i64| parcels.iter().any(|parcel| parcel.lines.contains(&line));
        let left: Vec<i64> = self.order.lines.iter().map(|line| line.id).filter(|line| !packed(*line)).collect();
        if !left.is_empty() {
            let mut dice = Dice::of(0, "carrier", self.order.id);
            let carrier = dice.pick(&CARRIERS[..5]);
            let bill = format!("{}{:013}", carrier.no, dice.between(0, 9_999_999_999_999));
            let way = Way::Carrier { no: carrier.no.to_owned(), bill };
            parcels.push(Parcel { number: Parcel::number_of(self.order.id, 40), at: sent, lines: left, way });
        }
        parcels
    }

    /// Whether this line has left.
    pub(crate) fn has_left(&self, line: i64) -> bool {
        let packed = |parcel: &Parcel| parcel.lines.contains(&line) && self.happened(Some(parcel.at)).is_some();
        self.happened(self.order.life.sent).is_some() || self.order.written.parcels.iter().any(packed)
    }

    /// The state of one line: a line that left early is ahead of its order.
    pub(crate) fn status_of(&self, line: i64) -> Status {
        if self.status == Status::WaitSellerSend && self.has_left(line) {
            Status::WaitBuyerReceive
        } else {
            self.status
        }
    }
}
