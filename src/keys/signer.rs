//! An unlocked key: what it can sign, and nothing else about it.

use crate::kernel::signature::{KeyFault, KeyId, Namespace, PublicKey, RawSignature, SshSignature, pae, signed_data};
use ed25519_dalek::{Signer as _, SigningKey};
use std::fmt;

/// A private key in memory for as long as its owner's session is unlocked; wiped when dropped.
pub struct Signer {
    secret: SigningKey,
    public: PublicKey,
}

impl Signer {
    /// Derives the key from its 32 secret bytes, which the caller wipes.
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Result<Self, KeyFault> {
        let secret = SigningKey::from_bytes(seed);
        let public = PublicKey::from_bytes(secret.verifying_key().as_bytes())?;
        Ok(Self { secret, public })
    }

    /// Returns the public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Returns the fingerprint.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.public.id()
    }

    /// Signs a record or a receipt (FORMAT.md §4, §6).
    #[must_use]
    pub fn sign_pae(&self, payload_type: &str, body: &[u8]) -> RawSignature {
        self.sign(&pae(payload_type, body))
    }

    /// Signs a document and returns the armored text that `ssh-keygen -Y verify` reads.
    #[must_use]
    pub fn sign_ssh(&self, namespace: Namespace, message: &[u8]) -> String {
        let signature = self.sign(&signed_data(namespace, message));
        SshSignature::new(self.public, namespace, signature).to_armored()
    }

    /// Private: whatever is signed first passes through one of the two domains above.
    fn sign(&self, bytes: &[u8]) -> RawSignature {
        RawSignature(self.secret.sign(bytes).to_bytes())
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("id", &self.id()).finish_non_exhaustive()
    }
}
