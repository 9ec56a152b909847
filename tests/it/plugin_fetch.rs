//! What a plugin asks on the internet: the secret goes along and is never told, no redirect is followed, nothing endless is taken, and a
//! name that leads inside leads nowhere.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use xiaoer::db::SledDb;
use xiaoer::plugin::fetch::{Fetcher, Names, Way, is_public, secret_of};
use xiaoer::plugin::grant::Identity;
use xiaoer::secret::Secrets;
use xiaoer_sdk::{Fetch, async_trait};

const CERTIFICATE: &[u8] = include_bytes!("../fixtures/plugins/tls/cert.pem");
const KEY: &[u8] = include_bytes!("../fixtures/plugins/tls/key.pem");

/// Answers every request with what it heard, or as its path wants.
fn serve() -> SocketAddr {
    serve_and_note(Arc::default())
}

/// The same, and writes down what it hears.
pub(crate) fn serve_and_note(notes: Arc<Mutex<Vec<String>>>) -> SocketAddr {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let chain = vec![CertificateDer::from_pem_slice(CERTIFICATE).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_slice(KEY).expect("a key");
    let config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).expect("a server");
    let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").expect("a port"));
    let address = listener.local_addr().expect("its address");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let Ok(connection) = rustls::ServerConnection::new(Arc::clone(&config)) else { continue };
            let mut tls = rustls::StreamOwned::new(connection, stream);
            let (mut heard, mut buffer) = (Vec::new(), [0; 4096]);
            while !heard.windows(4).any(|end| end == b"\r\n\r\n") {
                match tls.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(n) => heard.extend_from_slice(&buffer[..n]),
                }
            }
            let heard = String::from_utf8_lossy(&heard).into_owned();
            notes.lock().expect("unharmed").push(heard.clone());
            let answer = if heard.starts_with("GET /away") {
                "HTTP/1.1 302 Found\r\nlocation: https://elsewhere.example/\r\ncontent-length: 0\r\n\r\n".to_owned()
            } else if heard.starts_with("GET /endless") {
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", "x".repeat(2 << 20))
            } else {
                let length = heard.len();
                format!("HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\n\r\n{heard}")
            };
            // Whoever has heard enough hangs up.
            let _ = tls.write_all(answer.as_bytes()).and_then(|()| tls.flush());
            tls.conn.send_close_notify();
            let _ = tls.flush();
        }
    });
    address
}

/// Every name leads to one address.
struct All(Vec<SocketAddr>);

#[async_trait]
impl Names for All {
    async fn addresses(&self, _: &str) -> std::io::Result<Vec<SocketAddr>> {
        Ok(self.0.clone())
    }
}

fn plugin() -> Identity {
    Identity { author: "a1".into(), name: "asker".into() }
}

fn get(url: &str) -> Fetch {
    Fetch { url: url.into(), body: None, content_type: None }
}

fn secrets(dir: &std::path::Path) -> Secrets {
    let db = Arc::new(SledDb::open(&dir.join("db"), 1 << 20).expect("a database"));
    Secrets::open(db, dir).expect("secrets")
}

pub(crate) fn fetcher(secrets: &Secrets, addresses: Vec<SocketAddr>, may: fn(IpAddr) -> bool) -> Fetcher {
    let trusted = vec![reqwest::Certificate::from_pem(CERTIFICATE).expect("a certificate")];
    Fetcher::by(secrets.clone(), Way { names: Arc::new(All(addresses)), trusted, may })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_host_sends_the_secret_along_and_hands_back_what_was_said() {
    let dir = tempfile::tempdir().expect("a directory");
    let secrets = secrets(dir.path());
    let there = fetcher(&secrets, vec![serve()], |_| true);
    let said = there.fetch("test", &plugin(), &get("https://api.example.com/v1?x=1"), "k1").await.expect("answered");
    assert_eq!((said.status, said.content_type.as_str()), (200, "text/plain"));
    assert!(said.body.starts_with("GET /v1?x=1") && !said.body.contains("authorization"), "{}", said.body);
    assert!(!said.body.contains("idempotency-key"), "a GET needs none: {}", said.body);

    let place = secret_of(&plugin(), "api.example.com");
    secrets.keep("test", &place, "Authorization: Bearer 甲".replace('甲', "abc").as_str()).await.expect("kept");
    let post = Fetch { body: Some("{}".into()), ..get("https://api.example.com/") };
    let said = there.fetch("test", &plugin(), &post, "k1").await.expect("answered");
    assert!(said.body.starts_with("POST / ") && said.body.contains("authorization: Bearer abc"), "{}", said.body);
    assert!(said.body.contains("content-type: application/json"), "{}", said.body);
    assert!(said.body.contains("idempotency-key: k1"), "{}", said.body);
    let other = Identity { author: "b2".into(), ..plugin() };
    let said = there.fetch("test", &other, &get("https://api.example.com/"), "k1").await.expect("answered");
    assert!(!said.body.contains("Bearer"), "another author's plugin of the same name gets no secret");
    let said = there.fetch("two", &plugin(), &get("https://api.example.com/"), "k1").await.expect("answered");
    assert!(!said.body.contains("Bearer"), "nor does another shop");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_redirect_is_followed_and_nothing_endless_is_taken() {
    let dir = tempfile::tempdir().expect("a directory");
    let there = fetcher(&secrets(dir.path()), vec![serve()], |_| true);
    let said = there.fetch("test", &plugin(), &get("https://api.example.com/away"), "k1").await.expect("answered");
    assert_eq!(said.status, 302);
    let why =
        there.fetch("test", &plugin(), &get("https://api.example.com/endless"), "k1").await.expect_err("too much");
    assert!(why.contains("1 MiB"), "{why}");
    let large = Fetch { body: Some("x".repeat(2 << 20)), ..get("https://api.example.com/") };
    assert!(there.fetch("test", &plugin(), &large, "k1").await.is_err(), "nor is it sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_leads_inside_leads_nowhere_even_if_it_leads_outside_as_well() {
    let dir = tempfile::tempdir().expect("a directory");
    let secrets = secrets(dir.path());
    let inside = serve();
    let outside: SocketAddr = "93.184.216.34:443".parse().expect("an address");
    for addresses in [vec![inside], vec![outside, inside], Vec::new()] {
        let closed = fetcher(&secrets, addresses.clone(), is_public);
        let answer = closed.fetch("test", &plugin(), &get("https://api.example.com/"), "k1").await;
        assert!(answer.is_err(), "{addresses:?}: {answer:?}");
    }
}
