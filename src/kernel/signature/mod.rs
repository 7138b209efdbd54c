//! Public keys, what exactly is signed, and the strict check of it (FORMAT.md §1, §4).
//!
//! Each kind of signed thing has its own domain: records and receipts a DSSE payload type, all
//! else an SSHSIG namespace, so that no signature can be shown as another. Imports only `canon`.
//! Deliberately absent: private keys (see `keys`) and any check that is not strict.

mod key;
mod sshsig;
mod wire;

pub use key::{KeyFault, KeyId, PublicKey};
pub use sshsig::{Namespace, SshSigFault, SshSignature, signed_data};

use super::canon::base64;
use std::fmt;

/// The DSSE payload type of a journal record.
pub const RECORD_TYPE: &str = "application/vnd.asrun.record.v1+json";

/// The DSSE payload type of a receipt.
pub const RECEIPT_TYPE: &str = "application/vnd.in-toto+json";

/// Returns DSSE's pre-authentication encoding: the bytes that are signed for `body`.
#[must_use]
pub fn pae(payload_type: &str, body: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), body.len()).into_bytes();
    out.extend_from_slice(body);
    out
}

/// The 64 bytes of an Ed25519 signature, not yet checked; in JSON padded base64.
#[derive(Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RawSignature(pub [u8; 64]);

/// Why a text is not a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a signature: expected 64 bytes in padded base64 with zero spare bits")]
pub struct NotASignature;

impl TryFrom<String> for RawSignature {
    type Error = NotASignature;
    fn try_from(text: String) -> Result<Self, NotASignature> {
        base64::decode(&text).and_then(|bytes| bytes.try_into().ok()).map(Self).ok_or(NotASignature)
    }
}

impl From<RawSignature> for String {
    fn from(signature: RawSignature) -> String {
        base64::encode(&signature.0)
    }
}

impl fmt::Debug for RawSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64::encode(&self.0))
    }
}

impl schemars::JsonSchema for RawSignature {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RawSignature".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "Ed25519 signature, base64",
            "pattern": "^[A-Za-z0-9+/]{85}[AQgw]==$"
        })
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
