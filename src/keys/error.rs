//! What can go wrong with a key file; each variant is one thing that its owner can mend.

use crate::kernel::model::name::Identifier;
use crate::kernel::signature::KeyFault;
use std::path::PathBuf;

/// Why a key could not be made, listed or unlocked. No key was changed.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// No such key.
    #[error("there is no key file {path}")]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The system refused.
    #[error("key file {path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A link, folder, device or FIFO; it was not opened.
    #[error("{path} is not a regular file and was not read")]
    NotRegular {
        /// The file.
        path: PathBuf,
    },
    /// Larger than any key.
    #[error("{path} is larger than {limit} bytes and was not read")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most that is read.
        limit: u64,
    },
    /// Others on this machine may read it.
    #[error("the mode of {path} is {mode:04o}, but only its owner may have access (0600)")]
    Mode {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Not an OpenSSH private key.
    #[error("{path} is not a readable OpenSSH private key: {reason}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the reader found.
        reason: String,
    },
    /// No passphrase protects it.
    #[error("the key in {path} has no passphrase and is not used")]
    Unencrypted {
        /// The file.
        path: PathBuf,
    },
    /// RSA, ECDSA or a hardware key.
    #[error("the key in {path} is not an Ed25519 key")]
    Algorithm {
        /// The file.
        path: PathBuf,
    },
    /// A cost that would keep the machine busy for minutes.
    #[error("the key in {path} asks for {rounds} rounds of derivation, at most {limit} are done")]
    Rounds {
        /// The file.
        path: PathBuf,
        /// What the file asks for.
        rounds: u32,
        /// The most that is done.
        limit: u32,
    },
    /// Does not open with this passphrase.
    #[error("the passphrase does not open {path}")]
    WrongPassphrase {
        /// The file.
        path: PathBuf,
    },
    /// A new key needs a passphrase.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
    /// Keys are never overwritten.
    #[error("{path} exists already and was not overwritten")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Would be taken for the public half of another key.
    #[error("a key cannot be named `{name}`: names that end in `.pub` are those of public keys")]
    Name {
        /// What was asked for.
        name: Identifier,
    },
    /// The public key beside a private one cannot be used.
    #[error("the public key in {path} is refused: {fault}")]
    Public {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: KeyFault,
    },
    /// The two halves belong to different keys.
    #[error("{path} does not belong to the private key beside it")]
    PublicDiffers {
        /// The `.pub` file.
        path: PathBuf,
    },
    /// The system gave no random bytes.
    #[error("no random bytes from the system: {0}")]
    Random(getrandom::Error),
}
