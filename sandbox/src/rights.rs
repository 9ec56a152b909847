//! What the app may call. The platform gives rights by solution (解决方案), never by method; a merchant's own app gets
//! three of them for the asking. Must stay apart from the client's own table of rights: the two check each other.

use std::collections::BTreeSet;

use crate::methods::Method;

/// Stands for every solution, and for methods of which no solution is known.
pub(crate) const EVERYTHING: &str = "*";

/// A solution: its key and title on the platform, and whether a merchant's own app gets it at once.
#[derive(Debug)]
pub(crate) struct Solution {
    pub(crate) key: &'static str,
    pub(crate) title: &'static str,
    pub(crate) own: bool,
}

/// Every solution that is known.
pub(crate) const SOLUTIONS: &[Solution] = &[
    Solution { key: "1609746093264", title: "订单管理解决方案（商家版）", own: true },
    Solution { key: "1671675923686", title: "新版商品管理解决方案（商家自用版）", own: true },
    Solution { key: "1592533704756", title: "商品营销活动解决方案", own: true },
    Solution { key: "1672286356973", title: "数据分析", own: false },
    Solution { key: "1673579212725", title: "流量推广", own: false },
    Solution { key: "1560845306463", title: "工业品商品数字化（定向招募）", own: false },
    Solution { key: "1626059919957", title: "订单管理（加密服务商新版）", own: false },
    Solution { key: "1668600046917", title: "新版商品管理（服务商版）", own: false },
    Solution { key: "1684828157725", title: "电商ERP", own: false },
    Solution { key: "1689057950443", title: "CRM", own: false },
    Solution { key: "1630571060991", title: "绩效管理/旺旺统计", own: false },
    Solution { key: "1681193907788", title: "财务", own: false },
    Solution { key: "1691736013451", title: "供应商分销", own: false },
    Solution { key: "1775704083806", title: "官方物流（自用）", own: false },
    Solution { key: "1789098222515", title: "UTP-M 商家", own: false },
];

/// The titles of what a merchant's own app gets at once.
pub(crate) fn own_app() -> Vec<String> {
    SOLUTIONS.iter().filter(|solution| solution.own).map(|solution| solution.title.to_owned()).collect()
}

/// What the app was given. `withheld` wins over everything.
#[derive(Debug)]
pub(crate) struct Rights {
    /// Titles, or [`EVERYTHING`].
    solutions: BTreeSet<String>,
    /// Names of APIs that it may call besides.
    granted: BTreeSet<String>,
    /// Names of APIs that are declined.
    withheld: BTreeSet<String>,
}

impl Rights {
    /// # Errors
    ///
    /// The name that is no solution, as key or title.
    pub(crate) fn new(solutions: &[String], granted: Vec<String>, withheld: Vec<String>) -> Result<Self, String> {
        let solutions = solutions.iter().map(|given| title(given)).collect::<Result<_, _>>()?;
        Ok(Self { solutions, granted: granted.into_iter().collect(), withheld: withheld.into_iter().collect() })
    }

    pub(crate) fn allow(&self, method: &Method) -> bool {
        !self.withheld.contains(method.name)
            && (method.belongs_to_everybody()
                || self.solutions.contains(EVERYTHING)
                || self.granted.contains(method.name)
                || self.solutions.contains(method.right))
    }

    pub(crate) fn solutions(&self) -> impl Iterator<Item = &str> {
        self.solutions.iter().map(String::as_str)
    }
}

fn title(given: &str) -> Result<String, String> {
    if given == EVERYTHING {
        return Ok(given.to_owned());
    }
    let known = SOLUTIONS.iter().find(|solution| solution.key == given || solution.title == given);
    known.map(|solution| solution.title.to_owned()).ok_or_else(|| given.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::METHODS;

    #[test]
    fn every_method_names_a_solution_that_exists_or_none() {
        for method in METHODS {
            let known = method.right.is_empty() || SOLUTIONS.iter().any(|solution| solution.title == method.right);
            assert!(known, "{} needs {}", method.name, method.right);
        }
    }

    #[test]
    fn an_own_app_gets_its_solutions_and_nothing_reviewed_invited_or_unknown() {
        let rights = Rights::new(&own_app(), Vec::new(), Vec::new()).expect("titles");
        let may = |name: &str| rights.allow(METHODS.iter().find(|method| method.name == name).expect("it is listed"));
        for name in
            ["alibaba.trade.getSellerOrderList", "alibaba.product.modifyStock", "getToken", "push.message.confirm"]
        {
            assert!(may(name), "{name}");
        }
        for name in
            ["alibaba.account.basic", "alibaba.product.incrementModify", "alibaba.trade.refund.OpAgreeReturnGoods"]
        {
            assert!(!may(name), "{name}");
        }
    }
}
