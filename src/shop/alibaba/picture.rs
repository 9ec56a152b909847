//! Pictures, from the platform's own host. No token goes there, and no listing decides where "there" is.

use super::client::{Client, bounded};
use crate::http::{Policy, retrying};
use crate::shop::platform::ReadError;

/// Main pictures are at most a few megabytes.
const MAX_PICTURE: usize = 10 << 20;

impl Client {
    /// A picture from the platform's own host; no token goes there.
    pub(super) async fn picture(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let url =
            picture_url(&self.pictures, path).ok_or_else(|| ReadError::NotFound { what: "这张图片".into() })?;
        retrying(&Policy::READ, || async {
            let unreachable = |why: &str| ReadError::Unreachable { why: why.into() };
            let mut reply = self.http.get(&url).send().await.map_err(|_| unreachable("图片下载失败"))?;
            match reply.status().as_u16() {
                200 => {}
                404 | 410 => return Err(ReadError::NotFound { what: "这张图片".into() }),
                429 => return Err(ReadError::Busy),
                status @ 500.. => return Err(unreachable(&format!("图片服务返回 HTTP {status}"))),
                status => return Err(ReadError::Refused { code: format!("HTTP {status}") }),
            }
            match bounded(&mut reply, MAX_PICTURE).await {
                Ok(Some(bytes)) => Ok(bytes),
                Ok(None) => Err(ReadError::TooLarge { what: "图片".into() }),
                Err(_) => Err(unreachable("图片下载中断")),
            }
        })
        .await
    }
}

/// The path comes from a listing, which anybody may have written: it can name a picture on the picture host and nothing else.
fn picture_url(host: &str, path: &str) -> Option<String> {
    let host = host.trim_end_matches('/');
    let path = ["https://cbu01.alicdn.com/", "http://cbu01.alicdn.com/", "//cbu01.alicdn.com/"]
        .iter()
        .find_map(|prefix| path.strip_prefix(prefix))
        .unwrap_or(path)
        .trim_start_matches('/');
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./!".contains(c);
    (!path.is_empty() && path.len() <= 300 && path.chars().all(plain) && !path.contains(".."))
        .then(|| format!("{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_cannot_send_us_anywhere_but_to_the_picture_host() {
        let url = |path| picture_url("http://127.0.0.1:9/", path);
        assert_eq!(url("img/ibank/O1CN01demo.jpg").as_deref(), Some("http://127.0.0.1:9/img/ibank/O1CN01demo.jpg"));
        assert_eq!(url("https://cbu01.alicdn.com/img/a.jpg").as_deref(), Some("http://127.0.0.1:9/img/a.jpg"));
        for hostile in [
            "http://169.254.169.254/x",
            "../etc/passwd",
            "img/../../x",
            "img/a.jpg?x=1",
            "img/a b",
            "@evil/x",
            "",
            "//evil/x:80",
        ] {
            assert_eq!(url(hostile), None, "{hostile}");
        }
    }
}
