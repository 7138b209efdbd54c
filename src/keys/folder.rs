//! The folder of keys: `keys/<person id>` and `keys/<person id>.pub`, and `keys/authority`.

use super::file::{self, Guarded};
use super::{KeyError, Signer};
use crate::disk::Disk;
use crate::kernel::model::name::{Identifier, PersonId};
use crate::kernel::signature::PublicKey;
use ssh_key::private::{Ed25519Keypair, KeypairData};
use ssh_key::{Cipher, Kdf, LineEnding, PrivateKey};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The most rounds of bcrypt that a file may ask for: forty times the standard, some seconds.
const MAX_ROUNDS: u32 = 1024;

/// The most names in the folder that are looked at.
const MAX_KEYS: usize = 4096;

/// How long each guess of a passphrase shall take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cost {
    /// What `ssh-keygen` does by itself.
    #[default]
    Standard,
    /// One round: for the demo site and tests, whose passphrases are public anyway.
    Lowest,
}

impl Cost {
    fn rounds(self) -> u32 {
        match self {
            Self::Standard => 24,
            Self::Lowest => 1,
        }
    }
}

/// A locked key on disk: everything that is known without its passphrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    path: PathBuf,
    public: PublicKey,
    comment: String,
    modeless: bool,
}

impl KeyFile {
    /// Reads what the private file shows without its passphrase, and the comment of the `.pub`
    /// file beside it, if there is one.
    ///
    /// # Errors
    /// When the key could not be used even with the right passphrase, or the two halves differ.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let locked = Locked::read(path)?;
        let comment = comment_beside(path, &locked.public)?;
        Ok(Self { path: path.to_owned(), public: locked.public, comment, modeless: locked.modeless })
    }

    /// Returns the private file's path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Returns the comment of the `.pub` file; empty without one. Untrusted text.
    #[must_use]
    pub fn comment(&self) -> &str {
        &self.comment
    }

    /// Returns what its owner should know about where the file lies.
    #[must_use]
    pub fn note(&self) -> Option<&'static str> {
        self.modeless.then_some("this file system keeps no modes: whoever reads the disk can copy the encrypted key")
    }
}

/// Where keys are kept.
#[derive(Debug, Clone)]
pub struct KeyFolder {
    dir: PathBuf,
    disk: Disk,
}

impl KeyFolder {
    /// Names a folder; nothing is read or made yet.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), disk: Disk::new() }
    }

    /// The same folder, written through this disk.
    #[must_use]
    pub fn on(self, disk: Disk) -> Self {
        Self { disk, ..self }
    }

    /// Returns the folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Lists the keys by name; one that is refused stands in the list with its reason.
    ///
    /// # Errors
    /// When the folder itself cannot be read; a missing one is empty.
    pub fn list(&self) -> Result<Vec<Result<KeyFile, KeyError>>, KeyError> {
        let mut paths: Vec<_> = self.names()?.iter().map(|name| self.path(name)).collect();
        paths.sort();
        Ok(paths.iter().map(|path| KeyFile::read(path)).collect())
    }

    fn names(&self) -> Result<Vec<Identifier>, KeyError> {
        let fault = |source| KeyError::Io { path: self.dir.clone(), source };
        let entries = match std::fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(fault(source)),
        };
        let mut names = Vec::new();
        for entry in entries.take(MAX_KEYS) {
            let name = entry.map_err(fault)?.file_name();
            let name = name.to_str().and_then(|name| name.parse::<Identifier>().ok());
            names.extend(name.filter(|name| !name.as_str().ends_with(".pub")));
        }
        Ok(names)
    }

    /// Finds the key of a person.
    ///
    /// # Errors
    /// When there is a file of that name, but no usable key in it.
    pub fn find(&self, person: &PersonId) -> Result<Option<KeyFile>, KeyError> {
        match KeyFile::read(&self.dir.join(person.as_str())) {
            Err(KeyError::Missing { .. }) => Ok(None),
            other => other.map(Some),
        }
    }

    /// Makes a new key and writes both halves.
    ///
    /// # Errors
    /// An empty passphrase, a name that is taken, no randomness, or a disk that refuses.
    pub fn create(&self, name: &Identifier, passphrase: &str, cost: Cost) -> Result<KeyFile, KeyError> {
        if passphrase.is_empty() {
            return Err(KeyError::EmptyPassphrase);
        }
        let path = self.path(name);
        let public_path = public_path(&path);
        if name.as_str().ends_with(".pub") {
            return Err(KeyError::Name { name: name.clone() });
        }
        if public_path.symlink_metadata().is_ok() {
            return Err(KeyError::Exists { path: public_path });
        }
        let (private, public) = generate(&path, name, passphrase, cost)?;
        self.disk.create_private_folder(&self.dir).map_err(|source| file::fault(&self.dir, source))?;
        self.disk.write_private(&path, private.as_bytes()).map_err(|source| file::fault(&path, source))?;
        // Should this fail, the private half alone is a whole key: `ssh-keygen -y` shows the other.
        let line = format!("{public} {name}\n");
        self.disk.write_new(&public_path, line.as_bytes()).map_err(|source| file::fault(&public_path, source))?;
        KeyFile::read(&path)
    }

    /// Unlocks a key. Takes as long as its cost says.
    ///
    /// # Errors
    /// [`KeyError::WrongPassphrase`], or why the file is no usable key.
    pub fn open(&self, name: &Identifier, passphrase: &str) -> Result<Signer, KeyError> {
        Locked::read(&self.path(name))?.unlock(passphrase)
    }

    fn path(&self, name: &Identifier) -> PathBuf {
        self.dir.join(name.as_str())
    }
}

fn public_path(private: &Path) -> PathBuf {
    let mut path = private.as_os_str().to_owned();
    path.push(".pub");
    path.into()
}

fn comment_beside(private: &Path, expected: &PublicKey) -> Result<String, KeyError> {
    let path = public_path(private);
    let bytes = match file::read_public(&path) {
        Err(KeyError::Missing { .. }) => return Ok(String::new()),
        other => other?,
    };
    let line = std::str::from_utf8(&bytes).unwrap_or_default();
    match PublicKey::from_openssh(line) {
        Ok((public, comment)) if public == *expected => Ok(comment.to_owned()),
        Ok(_) => Err(KeyError::PublicDiffers { path }),
        Err(fault) => Err(KeyError::Public { path, fault }),
    }
}

/// Returns the text of the private file, already encrypted, and the public key.
fn generate(
    path: &Path,
    name: &Identifier,
    passphrase: &str,
    cost: Cost,
) -> Result<(Zeroizing<String>, PublicKey), KeyError> {
    let damaged = |fault: ssh_key::Error| KeyError::Damaged { path: path.into(), reason: fault.to_string() };
    let mut seed = Zeroizing::new([0; 32]);
    let (mut salt, mut check) = ([0; 16], [0; 4]);
    for bytes in [seed.as_mut_slice(), &mut salt, &mut check] {
        getrandom::fill(bytes).map_err(KeyError::Random)?;
    }
    let signer = Signer::from_seed(&seed).map_err(|fault| KeyError::Public { path: path.into(), fault })?;
    let keypair = KeypairData::Ed25519(Ed25519Keypair::from_seed(&seed));
    let kdf = Kdf::Bcrypt { salt: salt.to_vec(), rounds: cost.rounds() };
    let locked = PrivateKey::new(keypair, name.as_str())
        .and_then(|key| key.encrypt_with(Cipher::Aes256Ctr, kdf, u32::from_be_bytes(check), passphrase))
        .map_err(damaged)?;
    Ok((locked.to_openssh(LineEnding::LF).map_err(damaged)?, *signer.public()))
}

/// An encrypted Ed25519 key as it was read, with a cost that we are willing to pay.
struct Locked {
    path: PathBuf,
    key: PrivateKey,
    public: PublicKey,
    modeless: bool,
}

impl Locked {
    fn read(path: &Path) -> Result<Self, KeyError> {
        let Guarded { bytes, modeless } = file::read_private(path)?;
        let damaged = |reason: String| KeyError::Damaged { path: path.into(), reason };
        let key = PrivateKey::from_openssh(&*bytes).map_err(|fault| match fault {
            ssh_key::Error::AlgorithmUnknown | ssh_key::Error::AlgorithmUnsupported { .. } => {
                KeyError::Algorithm { path: path.into() }
            }
            other => damaged(other.to_string()),
        })?;
        let public = key.public_key().key_data().ed25519().ok_or(KeyError::Algorithm { path: path.into() })?;
        let public = PublicKey::from_bytes(&public.0).map_err(|fault| damaged(fault.to_string()))?;
        if !key.is_encrypted() {
            return Err(KeyError::Unencrypted { path: path.into() });
        }
        match key.kdf() {
            Kdf::Bcrypt { rounds, .. } if *rounds > MAX_ROUNDS => {
                Err(KeyError::Rounds { path: path.into(), rounds: *rounds, limit: MAX_ROUNDS })
            }
            Kdf::Bcrypt { salt, rounds } if !salt.is_empty() && *rounds > 0 => {
                Ok(Self { path: path.to_owned(), key, public, modeless })
            }
            _ => Err(damaged("encrypted without a key derivation".into())),
        }
    }

    fn unlock(self, passphrase: &str) -> Result<Signer, KeyError> {
        let damaged = |reason: String| KeyError::Damaged { path: self.path.clone(), reason };
        let open = self.key.decrypt(passphrase).map_err(|fault| match fault {
            ssh_key::Error::Crypto => KeyError::WrongPassphrase { path: self.path.clone() },
            other => damaged(other.to_string()),
        })?;
        let pair = open.key_data().ed25519().ok_or_else(|| KeyError::Algorithm { path: self.path.clone() })?;
        let signer = Signer::from_seed(pair.private.as_ref()).map_err(|fault| damaged(fault.to_string()))?;
        match *signer.public() == self.public {
            true => Ok(signer),
            false => Err(damaged("its public and private halves differ".into())),
        }
    }
}
