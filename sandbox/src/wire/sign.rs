//! The platform's signature, worked out from its rule and not shared with the client: two readings of one rule check
//! each other.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// The field that carries the signature and is not signed itself.
pub(crate) const FIELD: &str = "_aop_signature";

/// Upper-case hex of HMAC-SHA1 over the path and the joined, sorted fields.
/// `path` begins at the protocol (`param2/…`), without a leading slash and without a query.
pub(crate) fn signature(secret: &str, path: &str, fields: &[(String, String)]) -> String {
    let mut joined: Vec<String> =
        fields.iter().filter(|(name, _)| name != FIELD).map(|(name, value)| format!("{name}{value}")).collect();
    // The joined strings are sorted, not the names: `ab=c` comes before `a=z`.
    joined.sort_unstable();
    hex::encode_upper(mac(secret, &[path, &joined.concat()]))
}

/// HMAC-SHA1 of the parts, one after another.
pub(crate) fn mac(secret: &str, parts: &[&str]) -> [u8; 20] {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Vectors {
        vectors: Vec<Vector>,
    }

    #[derive(Deserialize)]
    struct Vector {
        id: String,
        kind: String,
        secret: String,
        path: Option<String>,
        #[serde(default)]
        params: BTreeMap<String, String>,
        signature: String,
    }

    #[test]
    fn every_published_vector_gives_its_signature() {
        let file: Vectors =
            serde_json::from_str(include_str!("../../tests/fixtures/signature-vectors.json")).expect("the vectors");
        let of_requests = |vector: &&Vector| matches!(vector.kind.as_str(), "api-request" | "push-callback");
        let checked: Vec<&Vector> = file.vectors.iter().filter(of_requests).collect();
        assert!(checked.len() >= 12);
        for vector in checked {
            let fields: Vec<(String, String)> = vector.params.clone().into_iter().collect();
            let path = vector.path.as_deref().unwrap_or("");
            assert_eq!(signature(&vector.secret, path, &fields), vector.signature, "{}", vector.id);
        }
    }
}
