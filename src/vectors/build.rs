//! A case made: the files of its bundle, and what the verifier is given beside them.

use super::attacks::{self, archive};
use super::made::Made as _;
use super::{Anchor, Case, Files, How, good, mutate};
use crate::bundle::{RECEIPT, is_sealed, ustar};
use serde::Serialize;

/// What stands somewhere in place of a regular file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A symbolic link to a device that never ends.
    Link,
    /// A named pipe, at which a reader would wait for ever.
    Fifo,
    /// A folder.
    Folder,
}

/// Where a link leads.
pub const LINK_TO: &str = "/dev/zero";

/// Something that is no regular file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Special {
    /// What it is.
    pub kind: Kind,
    /// Where it stands in the bundle.
    pub path: String,
}

/// A case as bytes.
#[derive(Clone, Debug)]
pub struct Built {
    /// The files of the folder; empty where the bundle is an archive.
    pub files: Files,
    /// What stands in the folder and is no file.
    pub special: Vec<Special>,
    /// The `.proof` file, where the bundle is an archive.
    pub proof: Option<Vec<u8>>,
    /// Whom the verifier is told to trust.
    pub anchor: Anchor,
    /// The files of the bundle that is judged together with it.
    pub beside: Option<Files>,
}

impl Case {
    /// Makes the bundle.
    #[must_use]
    pub fn build(&self) -> Built {
        let beside = self.beside.as_deref().map(|attack| attacks::build(attack).0);
        let built =
            Built { files: Files::new(), special: Vec::new(), proof: None, anchor: self.anchor.clone(), beside };
        match &self.how {
            How::Attack(attack) => {
                let (files, anchor) = attacks::build(attack);
                Built { files, anchor: anchor.unwrap_or(built.anchor), ..built }
            }
            How::Archive(trick) => {
                let proof = archive::on_archive(trick, proof(&good().1));
                Built { proof: Some(proof), ..built }
            }
            How::Mutate(steps) => {
                let (forge, mut files) = good();
                let special = mutate::apply(steps, &mut files, &forge);
                Built { files, special, ..built }
            }
        }
    }
}

/// The files as one `.proof` file: sealed ones in order, the receipt last of them, then the appended ones.
#[must_use]
pub fn proof(files: &Files) -> Vec<u8> {
    let place = |name: &str| (!is_sealed(name), name == RECEIPT);
    let mut members: Vec<_> = files.iter().collect();
    members.sort_by_key(|(name, _)| place(name));
    let mut writer = ustar::Writer::new(Vec::new());
    for (name, bytes) in members {
        writer.add(name, bytes).made();
    }
    writer.finish().made()
}
