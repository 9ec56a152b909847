//! The platform's signature: pure, and checked against every vector that is published.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

/// Upper-case hex of HMAC-SHA1 over the path and the joined, sorted fields.
///
/// `path` begins at `param2/`, without a leading slash or a query. Fields are raw text, before percent-encoding; the signature field
/// itself and the bytes of an upload are not among them.
#[must_use]
pub fn signature(secret: &str, path: &str, fields: &[(String, String)]) -> String {
    hex::encode_upper(mac(secret, path, fields).finalize().into_bytes())
}

/// Whether this is the signature, in upper or lower case. Takes the same time wherever the first difference lies.
#[must_use]
pub fn holds(secret: &str, path: &str, fields: &[(String, String)], given: &str) -> bool {
    hex::decode(given).is_ok_and(|given| mac(secret, path, fields).verify_slice(&given).is_ok())
}

fn mac(secret: &str, path: &str, fields: &[(String, String)]) -> Hmac<Sha1> {
    let mut joined: Vec<String> = fields.iter().map(|(name, value)| format!("{name}{value}")).collect();
    // Not by name: where one name begins another, only the joined texts sort as the platform does.
    joined.sort_unstable();
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(path.as_bytes());
    joined.iter().for_each(|text| mac.update(text.as_bytes()));
    mac
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(serde::Deserialize)]
    struct File {
        vectors: Vec<Vector>,
    }

    #[derive(serde::Deserialize)]
    struct Vector {
        id: String,
        kind: String,
        secret: String,
        #[serde(default)]
        path: String,
        #[serde(default)]
        params: BTreeMap<String, String>,
        signature: String,
    }

    #[test]
    fn every_published_vector_signs_as_published() {
        let text = include_str!("../../../tests/fixtures/alibaba/signature-vectors.json");
        let file: File = serde_json::from_str(text).expect("the vectors are JSON");
        // The handshake of the push socket is an MD5 of three fields: another rule, for a channel that this client does not open.
        let signed: Vec<_> = file.vectors.iter().filter(|v| v.kind != "push-websocket-connect").collect();
        assert_eq!(signed.len(), 12);
        for vector in signed {
            let fields: Vec<_> = vector.params.clone().into_iter().collect();
            assert_eq!(signature(&vector.secret, &vector.path, &fields), vector.signature, "{}", vector.id);
            let lower = vector.signature.to_lowercase();
            assert!(holds(&vector.secret, &vector.path, &fields, &lower), "{} in lower case", vector.id);
            assert!(!holds("another", &vector.path, &fields, &lower), "{} by another secret", vector.id);
        }
    }
}
