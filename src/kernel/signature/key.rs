//! Ed25519 public keys in OpenSSH's spelling, and their fingerprints.

use super::RawSignature;
use super::wire::{Wire, put};
use crate::kernel::canon::{base64, digest};
use base64_nopad::{decode as unpad, encode as nopad};
use ed25519_dalek::{Signature, VerifyingKey};
use std::fmt;
use std::str::FromStr;

/// The one algorithm, as OpenSSH names it.
pub(super) const ALGORITHM: &str = "ssh-ed25519";

/// The longest line that is looked at; a key is 80 bytes, the rest is its comment.
const MAX_LINE: usize = 4096;

/// SubjectPublicKeyInfo of Ed25519 up to the 32 bytes of the key.
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// Why a text or a blob is not a key that we trust to check anything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// Not `ssh-ed25519 AAAA… [comment]` on one line.
    #[error("not an OpenSSH public key line")]
    Line,
    /// Another algorithm.
    #[error("a key of another algorithm than ssh-ed25519")]
    Algorithm,
    /// The middle part is no padded base64.
    #[error("the key is not padded base64 with zero spare bits")]
    Base64,
    /// The decoded blob does not hold exactly one Ed25519 key.
    #[error("the decoded key does not hold exactly the algorithm and 32 bytes")]
    Blob,
    /// 32 bytes that are no point on the curve.
    #[error("the key is not a point on the curve")]
    NotAPoint,
    /// A second spelling of a point, so that one key would have two ids.
    #[error("the key is a non-canonical spelling of a point")]
    NonCanonical,
    /// A point of small order, for which signatures fit almost any message.
    #[error("the key is weak (of small order)")]
    Weak,
    /// A document holds the bare key only, without comment or extra space.
    #[error("the key is not in its one spelling, without comment")]
    Spelling,
    /// Not `SHA256:` and 43 base64 digits.
    #[error("not a key id: expected `SHA256:` and 43 base64 digits")]
    Id,
}

/// The fingerprint of a public key, as `ssh-keygen -lf` prints it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId([u8; 32]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("SHA256:{}", nopad(&self.0)))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for KeyId {
    type Err = KeyFault;
    fn from_str(text: &str) -> Result<Self, KeyFault> {
        let digits = text.strip_prefix("SHA256:").ok_or(KeyFault::Id)?;
        unpad(digits).map(Self).ok_or(KeyFault::Id)
    }
}

/// A canonical Ed25519 public key that is not weak; nothing else can be held in this type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Reads the 32 bytes of a key.
    ///
    /// # Errors
    /// When they are no point, a second spelling of one, or a weak one.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyFault> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyFault::NotAPoint)?;
        if key.to_edwards().compress().as_bytes() != bytes {
            return Err(KeyFault::NonCanonical);
        }
        match key.is_weak() {
            true => Err(KeyFault::Weak),
            false => Ok(Self(key)),
        }
    }

    /// Reads SSH's binary form of a key.
    ///
    /// # Errors
    /// Another algorithm, more or fewer bytes, or as [`PublicKey::from_bytes`].
    pub fn from_blob(blob: &[u8]) -> Result<Self, KeyFault> {
        let mut wire = Wire(blob);
        if wire.string().ok_or(KeyFault::Blob)? != ALGORITHM.as_bytes() {
            return Err(KeyFault::Algorithm);
        }
        let key = wire.string().ok_or(KeyFault::Blob)?;
        let key = key.try_into().map_err(|_| KeyFault::Blob)?;
        match wire.is_empty() {
            true => Self::from_bytes(key),
            false => Err(KeyFault::Blob),
        }
    }

    /// Reads the one line of a `.pub` file and returns the key and its comment (maybe empty).
    ///
    /// # Errors
    /// The first reason why the line is refused.
    pub fn from_openssh(line: &str) -> Result<(Self, &str), KeyFault> {
        let line = line.strip_suffix('\n').unwrap_or(line);
        if line.len() > MAX_LINE || line.contains(|c: char| c.is_control()) {
            return Err(KeyFault::Line);
        }
        let (algorithm, rest) = line.split_once(' ').ok_or(KeyFault::Line)?;
        if algorithm != ALGORITHM {
            return Err(KeyFault::Algorithm);
        }
        let (key, comment) = rest.split_once(' ').unwrap_or((rest, ""));
        let blob = base64::decode(key).ok_or(KeyFault::Base64)?;
        Ok((Self::from_blob(&blob)?, comment))
    }

    /// Writes `ssh-ed25519 AAAA…`, without a comment.
    #[must_use]
    pub fn to_openssh(&self) -> String {
        format!("{ALGORITHM} {}", base64::encode(&self.blob()))
    }

    /// Writes the PEM form that `openssl pkeyutl -verify -pubin -inkey` reads.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let der = [SPKI.as_slice(), self.0.as_bytes()].concat();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", base64::encode(&der))
    }

    /// Returns SSH's binary form: what the fingerprint and file names are digests of.
    #[must_use]
    pub fn blob(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(51);
        put(&mut out, ALGORITHM.as_bytes());
        put(&mut out, self.0.as_bytes());
        out
    }

    /// Returns the SHA-256 of [`PublicKey::blob`] in hex: the name of this key's `.sig` files.
    #[must_use]
    pub fn blob_digest_hex(&self) -> String {
        digest::hex(&digest::sha256(&self.blob()))
    }

    /// Returns the fingerprint.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId(digest::sha256(&self.blob()))
    }

    /// Tells whether `signature` over exactly `message` was made by this key, strictly.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &RawSignature) -> bool {
        self.0.verify_strict(message, &Signature::from_bytes(&signature.0)).is_ok()
    }
}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.as_bytes().cmp(other.0.as_bytes())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_openssh())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl TryFrom<String> for PublicKey {
    type Error = KeyFault;
    fn try_from(text: String) -> Result<Self, KeyFault> {
        let (key, _) = Self::from_openssh(&text)?;
        match key.to_openssh() == text {
            true => Ok(key),
            false => Err(KeyFault::Spelling),
        }
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> String {
        key.to_openssh()
    }
}

impl TryFrom<String> for KeyId {
    type Error = KeyFault;
    fn try_from(text: String) -> Result<Self, KeyFault> {
        text.parse()
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> String {
        id.to_string()
    }
}

macro_rules! text_schema {
    ($name:ident, $description:literal, $pattern:literal) => {
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "description": $description, "pattern": $pattern })
            }
        }
    };
}

text_schema!(KeyId, "key fingerprint as ssh-keygen -lf prints it", "^SHA256:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]$");
text_schema!(PublicKey, "OpenSSH public key", "^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}$");

/// Fingerprints are the one place where OpenSSH leaves the padding away.
mod base64_nopad {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD_NO_PAD;

    pub(super) fn encode(bytes: &[u8; 32]) -> String {
        STANDARD_NO_PAD.encode(bytes)
    }

    pub(super) fn decode(text: &str) -> Option<[u8; 32]> {
        STANDARD_NO_PAD.decode(text).ok()?.try_into().ok()
    }
}
