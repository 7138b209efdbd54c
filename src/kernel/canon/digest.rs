//! Digests: 32 bytes, written `sha256:` or `blake3:` + 64 lower-case hex (FORMAT.md §1).
//!
//! One type for each thing that is hashed, so that the digest of a line can never be taken
//! for that of a package. SHA-256 links, seals and interoperates; BLAKE3 names evidence.

use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;

/// Why a text is not a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a digest: `{0}` (expected `sha256:` or `blake3:` and 64 lower-case hex digits)")]
pub struct NotADigest(pub String);

/// Returns the 32 bytes of SHA-256 over `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Writes bytes as lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// Reads exactly 64 lower-case hex digits.
#[must_use]
pub fn unhex32(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut out = [0; 32];
    for (index, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
    }
    Some(out)
}

macro_rules! digest {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub [u8; 32]);

        impl $name {
            /// Returns the 64 hex digits without the prefix, as file names and BagIt lists have them.
            #[must_use]
            pub fn hex(&self) -> String {
                hex(&self.0)
            }

            /// Reads 64 lower-case hex digits without a prefix.
            #[must_use]
            pub fn from_hex(text: &str) -> Option<Self> {
                unhex32(text).map(Self)
            }

            /// Returns it in eight groups of eight digits, to be compared by eye or read over a telephone.
            #[must_use]
            pub fn grouped(&self) -> String {
                let hex = self.hex();
                let groups: Vec<&str> = (0..8).filter_map(|group| hex.get(group * 8..group * 8 + 8)).collect();
                format!("{}{}", $prefix, groups.join(" "))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.hex())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl FromStr for $name {
            type Err = NotADigest;
            fn from_str(text: &str) -> Result<Self, NotADigest> {
                text.strip_prefix($prefix).and_then(unhex32).map(Self).ok_or_else(|| NotADigest(text.into()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotADigest;
            fn try_from(text: String) -> Result<Self, NotADigest> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(digest: $name) -> String {
                digest.to_string()
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": concat!("^", $prefix, "[0-9a-f]{64}$") })
            }
        }
    };
}

macro_rules! sha256_digest {
    ($(#[$doc:meta])* $name:ident) => {
        digest!($(#[$doc])* $name, "sha256:");
        impl $name {
            /// Hashes `bytes` with SHA-256.
            #[must_use]
            pub fn of(bytes: &[u8]) -> Self {
                Self(sha256(bytes))
            }
        }
    };
}

sha256_digest!(
    /// SHA-256 of any file or document that has no type of its own.
    FileDigest
);
sha256_digest!(
    /// SHA-256 of a whole journal line without its LF: what the next line links to.
    LineDigest
);
sha256_digest!(
    /// SHA-256 of `package.json`: names a Locked Execution Package.
    PackageDigest
);
sha256_digest!(
    /// SHA-256 of `tagmanifest-sha256.txt`: the seal of a Proof Bundle.
    SealDigest
);
sha256_digest!(
    /// SHA-256 of a sign-off statement; also its file name.
    StatementDigest
);
digest!(
    /// BLAKE3 of an evidence file; also its file name in the store.
    EvidenceDigest,
    "blake3:"
);

digest!(
    /// BLAKE3 of the first bytes of a journal, as a checkpoint names them.
    PrefixDigest,
    "blake3:"
);

impl EvidenceDigest {
    /// Hashes `bytes` with BLAKE3.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }
}
