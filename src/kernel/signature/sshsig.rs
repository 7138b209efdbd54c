//! SSHSIG, the format of `ssh-keygen -Y sign`, read strictly.
//!
//! Refused although OpenSSH would read it: another hash than sha512, a reserved field with
//! content, a key or signature of another algorithm, text before or after the armor.

use super::key::{ALGORITHM, KeyFault, PublicKey};
use super::wire::{Wire, put};
use super::{RawSignature, base64};
use sha2::{Digest as _, Sha512};
use std::fmt;

const MAGIC: &[u8] = b"SSHSIG";
const HASH: &[u8] = b"sha512";
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";
const END: &str = "-----END SSH SIGNATURE-----";

/// OpenSSH's line width within the armor; other tools write up to [`MAX_WIDTH`].
const WIDTH: usize = 70;
const MAX_WIDTH: usize = 76;

/// Longest armored text: ours are about 310 bytes.
const MAX_TEXT: usize = 4096;

/// What kind of thing a signature is over; one namespace each (FORMAT.md §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Namespace {
    /// An approver's signature over `package.json`.
    Package,
    /// The site authority's over a roster.
    Roster,
    /// A person's over a sign-off statement.
    Signoff,
    /// A person's over an answer that comes from another machine.
    Answer,
    /// A person's over the manifest of an archived run.
    Archive,
}

impl Namespace {
    /// Returns the name that stands in the signature and behind `ssh-keygen -n`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Package => "package@asrun",
            Self::Roster => "roster@asrun",
            Self::Signoff => "signoff@asrun",
            Self::Answer => "answer@asrun",
            Self::Archive => "archive@asrun",
        }
    }
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a signature file was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SshSigFault {
    /// Longer than any signature of ours.
    #[error("longer than {MAX_TEXT} bytes")]
    TooLong,
    /// The BEGIN line does not stand first.
    #[error("does not begin with the BEGIN SSH SIGNATURE line")]
    Begin,
    /// No END line.
    #[error("has no END SSH SIGNATURE line")]
    End,
    /// Bytes after the END line.
    #[error("has bytes after the END line")]
    Trailing,
    /// An empty or overlong line, or not strict base64.
    #[error("the armored text is not base64 in lines of at most {MAX_WIDTH}")]
    Base64,
    /// Not `SSHSIG`.
    #[error("not an SSHSIG blob")]
    Magic,
    /// Another version than 1.
    #[error("version {0}, expected 1")]
    Version(u32),
    /// Ends in the middle of a field.
    #[error("the blob ends too early")]
    Short,
    /// Bytes after the last field.
    #[error("the blob has bytes after its last field")]
    BlobTrailing,
    /// The signer's key is refused.
    #[error("the signer's key is refused: {0}")]
    Key(#[from] KeyFault),
    /// The namespace is no text.
    #[error("the namespace is not UTF-8")]
    NamespaceText,
    /// Signed as another kind of thing.
    #[error("signed in namespace `{found}`, expected `{expected}`")]
    Namespace {
        /// What this place asks for.
        expected: String,
        /// What the signature says.
        found: String,
    },
    /// The reserved field is not empty.
    #[error("the reserved field is not empty")]
    Reserved,
    /// Another hash than sha512.
    #[error("another hash than sha512")]
    Hash,
    /// A signature of another algorithm than the key.
    #[error("a signature of another algorithm than ssh-ed25519")]
    Algorithm,
    /// Not 64 bytes.
    #[error("the signature does not have 64 bytes")]
    Length,
    /// All in order, but not over these bytes or not by this key.
    #[error("the signature does not fit the signed bytes")]
    Mismatch,
}

/// Returns the bytes that are signed for `message` in `namespace`.
#[must_use]
pub fn signed_data(namespace: Namespace, message: &[u8]) -> Vec<u8> {
    signed_data_in(namespace.as_str(), message)
}

fn signed_data_in(namespace: &str, message: &[u8]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    put(&mut out, namespace.as_bytes());
    put(&mut out, b"");
    put(&mut out, HASH);
    put(&mut out, &Sha512::digest(message));
    out
}

/// A well-formed signature; who signed is known only after [`SshSignature::check`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshSignature {
    signer: PublicKey,
    namespace: String,
    signature: RawSignature,
}

impl SshSignature {
    /// Puts a fresh signature over [`signed_data`] together with who made it.
    #[must_use]
    pub fn new(signer: PublicKey, namespace: Namespace, signature: RawSignature) -> Self {
        Self { signer, namespace: namespace.as_str().to_owned(), signature }
    }

    /// Reads the armored text of a `.sig` file.
    ///
    /// # Errors
    /// The first reason why the text is refused.
    pub fn parse(text: &[u8]) -> Result<Self, SshSigFault> {
        Self::from_blob(&dearmor(text)?)
    }

    /// Reads the blob inside the armor.
    fn from_blob(blob: &[u8]) -> Result<Self, SshSigFault> {
        let mut wire = Wire(blob);
        if wire.raw(MAGIC.len()) != Some(MAGIC) {
            return Err(SshSigFault::Magic);
        }
        match wire.integer().ok_or(SshSigFault::Short)? {
            1 => {}
            other => return Err(SshSigFault::Version(other)),
        }
        let signer = PublicKey::from_blob(wire.string().ok_or(SshSigFault::Short)?)?;
        let namespace = std::str::from_utf8(wire.string().ok_or(SshSigFault::Short)?);
        let namespace = namespace.map_err(|_| SshSigFault::NamespaceText)?.to_owned();
        if !wire.string().ok_or(SshSigFault::Short)?.is_empty() {
            return Err(SshSigFault::Reserved);
        }
        if wire.string().ok_or(SshSigFault::Short)? != HASH {
            return Err(SshSigFault::Hash);
        }
        let signature = raw_signature(wire.string().ok_or(SshSigFault::Short)?)?;
        match wire.is_empty() {
            true => Ok(Self { signer, namespace, signature }),
            false => Err(SshSigFault::BlobTrailing),
        }
    }

    /// Writes the armored text exactly as `ssh-keygen -Y sign` does.
    #[must_use]
    pub fn to_armored(&self) -> String {
        let mut out = String::from(BEGIN);
        for (index, letter) in base64::encode(&self.blob()).chars().enumerate() {
            if index > 0 && index % WIDTH == 0 {
                out.push('\n');
            }
            out.push(letter);
        }
        out + "\n" + END + "\n"
    }

    fn blob(&self) -> Vec<u8> {
        let mut signature = Vec::new();
        put(&mut signature, ALGORITHM.as_bytes());
        put(&mut signature, &self.signature.0);
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&1_u32.to_be_bytes());
        put(&mut out, &self.signer.blob());
        put(&mut out, self.namespace.as_bytes());
        put(&mut out, b"");
        put(&mut out, HASH);
        put(&mut out, &signature);
        out
    }

    /// Returns the key that the file names, before anything was checked.
    #[must_use]
    pub fn claimed_signer(&self) -> &PublicKey {
        &self.signer
    }

    /// Returns the signer, when the signature is over exactly `message` in `namespace`.
    ///
    /// # Errors
    /// [`SshSigFault::Namespace`] or [`SshSigFault::Mismatch`].
    pub fn check(&self, namespace: Namespace, message: &[u8]) -> Result<PublicKey, SshSigFault> {
        self.check_in(namespace.as_str(), message)
    }

    /// As [`Self::check`], in a namespace by name (third-party vectors have their own).
    pub(super) fn check_in(&self, namespace: &str, message: &[u8]) -> Result<PublicKey, SshSigFault> {
        if self.namespace != namespace {
            return Err(SshSigFault::Namespace { expected: namespace.into(), found: self.namespace.clone() });
        }
        match self.signer.verify(&signed_data_in(namespace, message), &self.signature) {
            true => Ok(self.signer),
            false => Err(SshSigFault::Mismatch),
        }
    }
}

fn raw_signature(blob: &[u8]) -> Result<RawSignature, SshSigFault> {
    let mut wire = Wire(blob);
    if wire.string().ok_or(SshSigFault::Short)? != ALGORITHM.as_bytes() {
        return Err(SshSigFault::Algorithm);
    }
    let bytes = wire.string().ok_or(SshSigFault::Short)?;
    match bytes.try_into() {
        Ok(bytes) if wire.is_empty() => Ok(RawSignature(bytes)),
        Ok(_) => Err(SshSigFault::BlobTrailing),
        Err(_) => Err(SshSigFault::Length),
    }
}

fn dearmor(text: &[u8]) -> Result<Vec<u8>, SshSigFault> {
    if text.len() > MAX_TEXT {
        return Err(SshSigFault::TooLong);
    }
    let text = std::str::from_utf8(text).map_err(|_| SshSigFault::Base64)?;
    let body = text.strip_prefix(BEGIN).ok_or(SshSigFault::Begin)?;
    let (body, after) = body.split_once(END).ok_or(SshSigFault::End)?;
    if !matches!(after, "" | "\n") {
        return Err(SshSigFault::Trailing);
    }
    let body = body.strip_suffix('\n').ok_or(SshSigFault::End)?;
    if body.split('\n').any(|line| line.is_empty() || line.len() > MAX_WIDTH) {
        return Err(SshSigFault::Base64);
    }
    base64::decode(&body.replace('\n', "")).ok_or(SshSigFault::Base64)
}
