//! The procedures and packs that come with the program, inside it: nothing else is needed to try it.

use include_dir::{Dir, include_dir};
use std::collections::BTreeMap;

static PROCEDURES: Dir = include_dir!("$CARGO_MANIFEST_DIR/procedures");
static PACKS: Dir = include_dir!("$CARGO_MANIFEST_DIR/packs");

/// A shipped procedure with what it is locked with.
#[derive(Clone, Debug)]
pub struct Shipped {
    /// Folder name, which is also its id.
    pub id: String,
    /// Bytes of `procedure.yaml`.
    pub procedure: &'static [u8],
    /// Bytes of the domain pack.
    pub pack: &'static [u8],
    /// Bytes of the policy profile.
    pub policy: &'static [u8],
    /// Attached files by their path under `attachments/`.
    pub attachments: BTreeMap<String, Vec<u8>>,
    /// Files for its scripted runs, by their path under `runs/`.
    pub runs: BTreeMap<String, &'static [u8]>,
}

/// Which pack and profile each procedure is locked with on the demonstration site.
const LOCKED_WITH: [(&str, &str, &str); 6] = [
    ("tls-rotation", "crypto-ops", "quality"),
    ("pump-lockout", "energy-control", "safety"),
    ("ups-battery", "critical-power", "quality"),
    ("cold-transfer", "cold-chain", "quality"),
    ("feeder-isolation", "hv-switching", "safety"),
    ("avionics-load", "avionics-load", "safety"),
];

/// Returns the shipped procedures.
#[must_use]
pub fn procedures() -> Vec<Shipped> {
    LOCKED_WITH.iter().filter_map(|(id, pack, policy)| shipped(id, pack, policy)).collect()
}

fn shipped(id: &str, pack: &str, policy: &str) -> Option<Shipped> {
    let folder = PROCEDURES.get_dir(id)?;
    let file = |dir: &'static Dir, path: String| dir.get_file(path).map(include_dir::File::contents);
    let below = |part: &str| {
        let root = format!("{id}/{part}");
        folder.get_dir(&root).map(|dir| files(dir, &root)).unwrap_or_default()
    };
    Some(Shipped {
        id: id.to_owned(),
        procedure: file(&PROCEDURES, format!("{id}/procedure.yaml"))?,
        pack: file(&PACKS, format!("domains/{pack}.yaml"))?,
        policy: file(&PACKS, format!("policies/{policy}.yaml"))?,
        attachments: below("attachments").into_iter().map(|(path, bytes)| (path, bytes.to_vec())).collect(),
        runs: below("runs"),
    })
}

fn files(dir: &'static Dir<'static>, root: &str) -> BTreeMap<String, &'static [u8]> {
    let mut found = BTreeMap::new();
    for entry in dir.entries() {
        match entry {
            include_dir::DirEntry::Dir(inner) => found.extend(files(inner, root)),
            include_dir::DirEntry::File(file) => {
                let path = file.path().to_string_lossy();
                let path = path.strip_prefix(root).unwrap_or(&path).trim_start_matches('/');
                found.insert(path.to_owned(), file.contents());
            }
        }
    }
    found
}
