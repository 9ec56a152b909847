//! Requests that plugins have performed: over HTTPS, to a host that the shop granted, never into the merchant's own network.
//!
//! Names are resolved here and nowhere else, so that the address that was judged is the address that is called. The secret of a host is
//! added here; the plugin never holds it. What comes back is a stranger's word.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use xiaoer_sdk::{Fetch, Fetched};

use super::grant::Identity;
use crate::secret::{SecretError, SecretRef, Secrets};

/// The longest a request may take, to its last byte.
const LONGEST: Duration = Duration::from_secs(15);
/// Says of a POST that it is the same one again.
const ONCE: HeaderName = HeaderName::from_static("idempotency-key");
/// Bytes of a request or an answer.
const LARGEST: usize = 1024 * 1024;

/// Performs requests.
#[derive(Clone)]
pub struct Fetcher {
    secrets: Secrets,
    client: reqwest::Client,
}

/// The way to the internet.
pub struct Way {
    /// Finds addresses by name.
    pub names: Arc<dyn Names>,
    /// Certificates that are trusted beside those of the system, in PEM.
    pub trusted: Vec<reqwest::Certificate>,
    /// Which addresses may be called.
    pub may: fn(IpAddr) -> bool,
}

/// Finds addresses by name.
#[async_trait::async_trait]
pub trait Names: Send + Sync {
    /// The addresses of a name.
    async fn addresses(&self, name: &str) -> std::io::Result<Vec<SocketAddr>>;
}

/// As this machine finds them.
struct OfThisMachine;

#[async_trait::async_trait]
impl Names for OfThisMachine {
    async fn addresses(&self, name: &str) -> std::io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, 443)).await?.collect())
    }
}

struct Judged(Way);

impl Resolve for Judged {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, may) = (Arc::clone(&self.0.names), self.0.may);
        Box::pin(async move {
            let all = names.addresses(name.as_str()).await?;
            let (good, bad): (Vec<_>, Vec<_>) = all.into_iter().partition(|address| may(address.ip()));
            // One address inside is enough: a name that points both ways is up to something.
            if good.is_empty() || !bad.is_empty() {
                return Err("the name leads into a private network".into());
            }
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

/// The host that a request goes to, in lower case.
///
/// # Errors
/// One Chinese sentence: the address is none that a plugin may name.
pub fn host(fetch: &Fetch) -> Result<String, String> {
    let bad = |why: &str| Err(format!("插件要访问的网址不行：{why}"));
    let Ok(url) = Url::parse(&fetch.url) else { return bad("不是完整的网址") };
    if url.scheme() != "https" || url.port().is_some() {
        return bad("只能用 https 和默认端口");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return bad("网址里不能带账号");
    }
    match url.domain() {
        Some(name) => Ok(name.trim_end_matches('.').to_lowercase()),
        None => bad("要写域名，不能写 IP 地址"),
    }
}

/// The name of a host's secret among a shop's.
#[must_use]
pub fn secret_of(plugin: &Identity, host: &str) -> String {
    format!("plugin:{}:{}:{host}", plugin.author, plugin.name)
}

/// The client that reaches the internet, and nowhere else as long as it is given names and no addresses.
#[must_use]
pub fn outward() -> reqwest::Client {
    client(Way { names: Arc::new(OfThisMachine), trusted: Vec::new(), may: is_public })
}

fn client(mut way: Way) -> reqwest::Client {
    let trusted = std::mem::take(&mut way.trusted);
    crate::http::guarded(Arc::new(Judged(way)), trusted, LONGEST)
}

impl Fetcher {
    /// To the internet and nowhere else.
    #[must_use]
    pub fn new(secrets: Secrets) -> Self {
        Self { secrets, client: outward() }
    }

    /// By another way, for tests.
    #[must_use]
    pub fn by(secrets: Secrets, way: Way) -> Self {
        Self { secrets, client: client(way) }
    }

    /// Performs a request to a host that was granted. `once` is the same whenever this request is sent again after a crash, and no other
    /// request's: a receiver of a POST can tell by it.
    ///
    /// # Errors
    /// One Chinese sentence.
    pub async fn fetch(&self, shop: &str, plugin: &Identity, fetch: &Fetch, once: &str) -> Result<Fetched, String> {
        let host = host(fetch)?;
        let failed = |why: &str| format!("插件访问 {host} 没有成功：{why}");
        let mut request = match &fetch.body {
            None => self.client.get(&fetch.url),
            Some(body) if body.len() > LARGEST => return Err(failed("要发的内容超过 1 MiB")),
            Some(body) => {
                let kind = fetch.content_type.as_deref().unwrap_or("application/json");
                self.client.post(&fetch.url).header(CONTENT_TYPE, kind).header(ONCE, once).body(body.clone())
            }
        };
        if let Some((name, value)) = self.secret(shop, plugin, &host).await? {
            request = request.header(name, value);
        }
        let mut response = request.send().await.map_err(|error| {
            tracing::info!(host, plugin = plugin.name, error = %error.without_url(), "a plugin's request failed");
            failed("连不上，或者域名指向内网地址")
        })?;
        let status = response.status().as_u16();
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| failed("回答没有收完"))? {
            if bytes.len() + chunk.len() > LARGEST {
                return Err(failed("回答超过 1 MiB"));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Fetched { status, content_type, body: String::from_utf8_lossy(&bytes).into_owned() })
    }

    /// The header that the shop's owner entered for this host: `Authorization: Bearer …`.
    async fn secret(
        &self,
        shop: &str,
        plugin: &Identity,
        host: &str,
    ) -> Result<Option<(HeaderName, HeaderValue)>, String> {
        let sealed = SecretRef(secret_of(plugin, host));
        let line = match self.secrets.get(shop, &sealed).await {
            Ok(line) => line,
            Err(SecretError::Db(error)) => return Err(format!("本地数据读不出来：{error}")),
            Err(error) => return Err(error.to_string()),
        };
        let Some(line) = line else { return Ok(None) };
        let (name, mut value) = header(line.expose()).ok_or("给这个网站的密钥不是“名称: 值”的形式，请重新填写")?;
        value.set_sensitive(true);
        Ok(Some((name, value)))
    }
}

/// Reads `Name: value`.
#[must_use]
pub fn header(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    Some((name.trim().parse().ok()?, value.trim().parse().ok()?))
}

/// Whether an address is on the open internet, and not in a private network, this machine or a range for other uses.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let special = v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_multicast()
        || v4.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19));
    !special
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let parts = v6.segments();
    // Ways to say an IPv4 address: what stands inside counts.
    let inside = match parts {
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            Some((high, low))
        }
        _ => None,
    };
    if let Some((high, low)) = inside {
        let bits = (u32::from(high) << 16) | u32::from(low);
        return is_public_v4(Ipv4Addr::from_bits(bits));
    }
    // Only 2000::/3 is given out; in it, 2001::/23 is for protocols and 2001:db8::/32 for examples.
    (parts[0] & 0xe000) == 0x2000 && !(parts[0] == 0x2001 && (parts[1] < 0x200 || parts[1] == 0xdb8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inside_is_public_however_it_is_written() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "192.0.0.8",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd00::1",
            "fec0::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "2001::1",
        ] {
            assert!(!is_public(inside.parse().expect("an address")), "{inside}");
        }
        for outside in ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1", "2400:3200::1"] {
            assert!(is_public(outside.parse().expect("an address")), "{outside}");
        }
    }

    #[test]
    fn only_a_plain_https_name_is_a_host() {
        let of = |url: &str| host(&Fetch { url: url.into(), body: None, content_type: None });
        assert_eq!(of("https://API.Example.com./v1?x=1"), Ok("api.example.com".into()));
        for bad in [
            "http://example.com/",
            "https://example.com:8443/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://me:secret@example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "example.com",
            "",
        ] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }
}
