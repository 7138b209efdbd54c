//! EDGE: private keys, as passphrase-protected OpenSSH files in the home's `keys` folder.
//!
//! Imports `kernel` only. `ssh-keygen` can make, change and inspect every file here, and the
//! other way round. Deliberately absent: keys without a passphrase, algorithms beside Ed25519,
//! agents, and any way to get the secret bytes out of a [`Signer`].

mod error;
mod file;
mod folder;
mod signer;

pub use error::KeyError;
pub use folder::{Cost, KeyFile, KeyFolder};
pub use signer::Signer;

#[cfg(test)]
mod tests;
