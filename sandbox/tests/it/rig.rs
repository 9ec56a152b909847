//! A sandbox on a free port, and a caller that signs.

use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha1::Sha1;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use xiaoer_sandbox::{Clock, Industry, Options, Sandbox, ShopSource};

pub(crate) const NOW: &str = "2026-11-23T10:00:00+08:00";
pub(crate) const TRADE: &str = "com.alibaba.trade";
pub(crate) const PRODUCT: &str = "com.alibaba.product";
pub(crate) const ENROLL: &str = "com.alibaba.enroll";
pub(crate) const ORDERS: &str = "alibaba.trade.getSellerOrderList";
pub(crate) const REFUNDS: &str = "alibaba.trade.refund.queryOrderRefundList";
pub(crate) const LOGISTICS: &str = "com.alibaba.logistics";
pub(crate) const OPEN: &str = "cn.alibaba.open";
pub(crate) const DETAIL: &str = "alibaba.trade.ec.getOrder.sellerView";
pub(crate) const STOCK: &str = "alibaba.product.modifyStock";
pub(crate) const TITLE: &str = "alibaba.product.incrementModify";

/// Thirty days of one generated shop, at a standing clock. The app may do everything but two things.
pub(crate) fn options() -> Options {
    Options {
        shops: vec![generated("演示店铺", 30)],
        clock: clock(NOW),
        solutions: vec!["*".to_owned()],
        withheld: vec![TITLE.to_owned(), "alibaba.trade.refund.OpAgreeReturnGoods".to_owned()],
        ..Options::default()
    }
}

pub(crate) fn generated(name: &str, days: u32) -> ShopSource {
    ShopSource::Generated { name: name.to_owned(), seed: 1688, days, industry: Industry::Consumer }
}

pub(crate) fn clock(at: &str) -> Clock {
    Clock::Fixed(at.parse().expect("an instant"))
}

pub(crate) struct Rig {
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) base: String,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<std::io::Result<()>>>,
}

impl Rig {
    pub(crate) async fn start() -> Self {
        Self::with(options()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let sandbox = Arc::new(Sandbox::open(options).expect("the sandbox opens"));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, stopped) = oneshot::channel::<()>();
        let shutdown = async {
            stopped.await.ok();
        };
        let served = tokio::spawn(Arc::clone(&sandbox).serve(listener, shutdown));
        let token = sandbox.shops()[0].access_token.clone();
        Self { sandbox, base, http: client(), token, stop: Some(stop), served: Some(served) }
    }

    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        // An open connection would hold the graceful end for ever.
        self.http = client();
        self.served.take().expect("it is served once").await.expect("no panic").expect("served to the end");
    }

    /// A signed call in the shop's name.
    pub(crate) async fn call(&self, namespace: &str, api: &str, params: &[(&str, &str)]) -> Value {
        let (status, text) = self.call_raw(namespace, api, params).await;
        let reply: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{api} answered {text}"));
        assert!(status.is_success(), "{api}: {reply}");
        reply
    }

    /// As `call`, whatever the answer is.
    pub(crate) async fn call_raw(&self, namespace: &str, api: &str, params: &[(&str, &str)]) -> (StatusCode, String) {
        let mut fields = params.to_vec();
        fields.push(("access_token", &self.token));
        let path = format!("param2/1/{namespace}/{api}/1000000");
        let signature = sign("test123", &path, &fields);
        fields.push(("_aop_signature", &signature));
        self.post(&path, &fields).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let sent =
            self.http.post(format!("{}/openapi/{path}", self.base)).form(fields).send().await.expect("an answer");
        (sent.status(), sent.text().await.expect("a body"))
    }

    /// `getToken` with these fields besides those of the app.
    pub(crate) async fn get_token(&self, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        let app = [("client_id", "1000000"), ("client_secret", "test123"), ("need_refresh_token", "true")];
        let (status, text) = self.post("http/1/system.oauth2/getToken/1000000", &[&app[..], fields].concat()).await;
        (status, serde_json::from_str(&text).expect("JSON"))
    }

    pub(crate) async fn refresh(&self, token: &str) -> (StatusCode, Value) {
        self.get_token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// A signed call that needs no token.
    pub(crate) async fn open_call(&self, namespace: &str, api: &str, params: &[(&str, &str)]) -> Value {
        let path = format!("param2/1/{namespace}/{api}/1000000");
        let signature = sign("test123", &path, params);
        let (status, text) = self.post(&path, &[params, &[("_aop_signature", signature.as_str())]].concat()).await;
        assert!(status.is_success(), "{api}: {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    pub(crate) async fn admin(&self, path: &str, body: Value) -> Value {
        let sent = self.http.post(format!("{}/admin/{path}", self.base)).json(&body).send().await.expect("an answer");
        let status = sent.status();
        let reply: Value = sent.json().await.expect("JSON");
        assert!(status.is_success(), "{path}: {reply}");
        reply
    }

    pub(crate) async fn get(&self, path: &str) -> reqwest::Response {
        self.http.get(format!("{}/{path}", self.base)).send().await.expect("an answer")
    }

    pub(crate) async fn effects(&self) -> Vec<Value> {
        let reply: Value = self.get("admin/effects").await.json().await.expect("JSON");
        reply["effects"].as_array().expect("a list").clone()
    }

    pub(crate) async fn set_clock(&self, at: &str) {
        self.admin("clock", json!({ "now": at })).await;
    }

    pub(crate) async fn orders(&self, params: &[(&str, &str)]) -> Vec<Value> {
        let mut all = Vec::new();
        for page in 1.. {
            let number = page.to_string();
            let reply = self.call(TRADE, ORDERS, &[params, &[("page", number.as_str())]].concat()).await;
            let orders = reply["result"].as_array().expect("a list").clone();
            if orders.is_empty() {
                return all;
            }
            all.extend(orders);
        }
        all
    }

    /// Puts an order in and answers its number.
    pub(crate) async fn put(&self, order: Value) -> String {
        let reply = self.admin("orders", json!({ "shop": "演示店铺", "order": order })).await;
        reply["id"].as_str().expect("a number").to_owned()
    }

    /// One order in full.
    pub(crate) async fn detail(&self, id: &str) -> Value {
        self.call(TRADE, DETAIL, &[("orderId", id)]).await["result"].clone()
    }

    /// The id of a product that has no choices, for orders that are put in.
    pub(crate) async fn plain(&self) -> String {
        self.product(|product| product["skuInfos"].as_array().is_some_and(Vec::is_empty)).await["productID"].to_string()
    }

    /// A product that is chosen for what it has.
    pub(crate) async fn product(&self, fits: impl Fn(&Value) -> bool) -> Value {
        for page in ["1", "2", "3"] {
            let reply = self
                .call(
                    PRODUCT,
                    "alibaba.product.list.get",
                    &[("pageNo", page), ("pageSize", "20"), ("orderByCondition", "ID")],
                )
                .await;
            let found = reply["result"]["pageResult"]["resultList"]
                .as_array()
                .expect("a list")
                .iter()
                .find(|product| fits(product))
                .cloned();
            if let Some(product) = found {
                return product;
            }
        }
        panic!("no such product");
    }
}

/// The platform's rule once more: HMAC-SHA1 over the path and the sorted, joined fields, upper-case hex.
pub(crate) fn sign(secret: &str, path: &str, fields: &[(&str, &str)]) -> String {
    let mut joined: Vec<String> = fields.iter().map(|(name, value)| format!("{name}{value}")).collect();
    joined.sort();
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("any length");
    mac.update(path.as_bytes());
    mac.update(joined.concat().as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02X}")).collect()
}

/// The error code of a refusal.
pub(crate) fn code((_, text): &(StatusCode, String)) -> String {
    let reply: Value = serde_json::from_str(text).unwrap_or_else(|_| panic!("no envelope: {text}"));
    reply["error_code"].as_str().unwrap_or_else(|| panic!("no refusal: {text}")).to_owned()
}

/// A plain client. Built with the whole workspace it has TLS without a provider, which it wants even for plain addresses.
fn client() -> reqwest::Client {
    // A second call finds one installed, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    // Where a redirect leads is what the test wants to see.
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client")
}
