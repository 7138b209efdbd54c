//! The demonstration site "Nordhaven Demo": people, keys, roster, packages (FORMAT.md §10).

use crate::authoring::lock::{LockError, Wish};
use crate::disk::is_temporary;
use crate::kernel::canon::NotCanonical;
use crate::kernel::documents::procedure::{ParameterType, Procedure};
use crate::kernel::documents::roster::Roster;
use crate::kernel::model::name::{Identifier, PersonId, Variable};
use crate::kernel::model::time::Timestamp;
use crate::kernel::signature::Namespace;
use crate::keys::{Cost, KeyError, KeyFolder, Signer};
use crate::library::{self, MAX_DOCUMENT, PackageFault};
use crate::site::shipped::{self, Shipped};
use crate::store::{Disk, Home, StoreError, WholeError, read_text};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The passphrase of everybody on the demonstration site.
pub const PASSPHRASE: &str = "demo";

/// Person, printed name and roles.
const PEOPLE: [(&str, &str, &[&str]); 6] = [
    ("a.ortiz", "Ana Ortiz", &["performer"]),
    ("l.chen", "Lin Chen", &["verifier", "performer"]),
    ("m.berg", "Mia Berg", &["supervisor"]),
    ("k.noor", "Kamal Noor", &["qa"]),
    ("p.sato", "Priya Sato", &["witness"]),
    ("j.weiss", "Jonas Weiss", &["author", "approver"]),
];

/// Person and qualifications.
const QUALIFICATIONS: [(&str, &[&str]); 2] =
    [("a.ortiz", &["LOTO-2", "HV-1", "AVL-1", "UPS-1"]), ("l.chen", &["LOTO-2", "HV-1"])];

/// Why the site could not be prepared.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The home holds something that the demonstration would touch.
    #[error("`{}` is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// The disk failed.
    #[error("the disk failed")]
    Store(#[from] StoreError),
    /// A file that was written before cannot be read.
    #[error(transparent)]
    Read(#[from] WholeError),
    /// A key could not be made.
    #[error("a key could not be made")]
    Key(#[from] KeyError),
    /// A shipped procedure could not be locked.
    #[error("a shipped procedure could not be locked")]
    Package(#[from] PackageFault),
    /// A shipped procedure could not be approved.
    #[error("a shipped procedure could not be approved")]
    Approve(#[from] LockError),
    /// A text has no canonical form.
    #[error("a text has no canonical form")]
    Form(#[from] NotCanonical),
}

/// What was prepared.
#[derive(Clone, Debug)]
pub struct Site {
    /// The locked and approved packages by procedure id.
    pub packages: BTreeMap<String, PathBuf>,
    /// Where sample evidence lies, by procedure id.
    pub samples: BTreeMap<String, PathBuf>,
    /// The authority's public key.
    pub authority: PathBuf,
}

/// Says that a site is being prepared: what lies in the folder is the demonstration's, and is gone on with.
const BEGUN: &str = "demo-site.begun";

/// Prepares the site in an empty home, or finds the one that is there. One that was interrupted goes on.
///
/// # Errors
/// A home that holds something else, or a failing disk.
pub fn prepare(home: &Home, now: Timestamp) -> Result<Site, DemoError> {
    prepare_on(&Disk::new(), home, now)
}

/// As [`prepare`], on this disk.
///
/// # Errors
/// As [`prepare`].
pub fn prepare_on(disk: &Disk, home: &Home, now: Timestamp) -> Result<Site, DemoError> {
    let (begun, marker) = (home.root().join(BEGUN), home.root().join("demo-site.txt"));
    if marker.is_file() {
        return Ok(site(home));
    }
    if !begun.is_file() && holds_anything(home.root()) {
        return Err(DemoError::NotEmpty(home.root().to_owned()));
    }
    write(disk, &begun, b"A demonstration site that is not ready yet: asrun demo goes on with it.\n")?;
    for folder in [home.root(), &home.keys(), &home.rosters(), &home.trust(), &home.packages()] {
        disk.sweep(folder).map_err(StoreError::at(folder))?;
    }
    home.create(disk)?;
    let signers = people(home, disk)?;
    let roster = roster(home, disk, &signers, now)?;
    for shipped in shipped::procedures() {
        package(home, disk, &signers, &roster, &shipped, now)?;
        samples(home, disk, &shipped)?;
    }
    let lines: String = PEOPLE.iter().map(|(id, ..)| format!("{id} {PASSPHRASE}\n")).collect();
    write(disk, &home.passphrases(), lines.as_bytes())?;
    write(disk, &marker, b"Nordhaven Demo. Everybody's passphrase is: demo. Not for real work.\n")?;
    // From here on the site is ready, whether or not this name goes away.
    let _ = disk.remove(&begun);
    Ok(site(home))
}

/// Whether a folder holds more than what a crash may have left of the very first file.
fn holds_anything(folder: &Path) -> bool {
    let mut entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.any(|entry| entry.is_ok_and(|entry| !is_temporary(&entry.path())))
}

fn site(home: &Home) -> Site {
    let mut site =
        Site { packages: BTreeMap::new(), samples: BTreeMap::new(), authority: home.trust().join("authority.pub") };
    for shipped in shipped::procedures() {
        let prefix = format!("{}-", shipped.id);
        let named = |p: &PathBuf| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with(&prefix));
        let entries = std::fs::read_dir(home.packages()).into_iter().flatten().flatten().map(|e| e.path());
        if let Some(path) = entries.filter(named).max() {
            site.packages.insert(shipped.id.clone(), path);
        }
        site.samples.insert(shipped.id.clone(), home.root().join("samples").join(&shipped.id));
    }
    site
}

fn identifier(text: &str) -> Identifier {
    text.parse().unwrap_or_else(|_| unreachable!("the names of the demonstration are identifiers"))
}

fn person(text: &str) -> PersonId {
    text.parse().unwrap_or_else(|_| unreachable!("the names of the demonstration are those of persons"))
}

fn people(home: &Home, disk: &Disk) -> Result<BTreeMap<String, Signer>, DemoError> {
    let folder = KeyFolder::new(home.keys()).on(disk.clone());
    let mut signers = BTreeMap::new();
    for id in PEOPLE.iter().map(|(id, ..)| *id).chain(["authority"]) {
        if !home.keys().join(id).exists() {
            folder.create(&identifier(id), PASSPHRASE, Cost::Lowest)?;
        }
        signers.insert(id.to_owned(), folder.open(&identifier(id), PASSPHRASE)?);
    }
    Ok(signers)
}

fn roster(home: &Home, disk: &Disk, signers: &BTreeMap<String, Signer>, now: Timestamp) -> Result<Roster, DemoError> {
    const DAY: i64 = 86_400_000;
    let (from, until) = (Timestamp::from_millis(now.millis() - DAY), Timestamp::from_millis(now.millis() + 730 * DAY));
    let span = format!("valid_from: \"{from}\", valid_until: \"{until}\"");
    let mut text = format!(
        "format: asrun.roster.v1\nsite: nordhaven-demo\nserial: 1\nissued: \"{from}\"\nexpires: \"{until}\"\n\
         package_approval: {{role: approver, count: 1}}\nrevoked_packages: []\npersons:\n"
    );
    for (id, name, roles) in PEOPLE {
        let key = signers[id].public().to_openssh();
        text += &format!(
            "  - id: {id}\n    name: {name}\n    keys:\n      - {{key: \"{key}\", {span}, revoked_at: null}}\n    roles:\n"
        );
        for role in roles {
            text += &format!("      - {{role: {role}, {span}}}\n");
        }
        let held: Vec<_> =
            QUALIFICATIONS.iter().filter(|(person, _)| *person == id).flat_map(|(_, list)| *list).collect();
        text += if held.is_empty() { "    qualifications: []\n" } else { "    qualifications:\n" };
        for qualification in held {
            text += &format!("      - {{id: {qualification}, {span}}}\n");
        }
    }
    // One that was written before an interruption stays, with its moment.
    let path = home.rosters().join("1.yaml");
    write(disk, &path, text.as_bytes())?;
    let text = read_text(&path, "the roster", MAX_DOCUMENT as u64)?;
    let signature = signers["authority"].sign_ssh(Namespace::Roster, text.as_bytes());
    write(disk, &home.rosters().join("1.yaml.sig"), signature.as_bytes())?;
    let authority = format!("{} nordhaven-demo authority\n", signers["authority"].public().to_openssh());
    write(disk, &home.trust().join("authority.pub"), authority.as_bytes())?;
    library::read_roster("1.yaml", text.as_bytes()).map_err(|fault| PackageFault::Document(Box::new(fault)).into())
}

fn package(
    home: &Home,
    disk: &Disk,
    signers: &BTreeMap<String, Signer>,
    roster: &Roster,
    shipped: &Shipped,
    now: Timestamp,
) -> Result<(), DemoError> {
    let documents = [shipped.procedure, shipped.pack, shipped.policy];
    let members = library::build(documents, &shipped.attachments, &shortest_waits(shipped)?, now)?;
    let opened = library::open(members.clone())?;
    let path = home.packages().join(format!("{}-{}.lep", opened.plan.manifest.id, opened.plan.manifest.revision));
    if path.is_file() {
        return Ok(());
    }
    let bytes = crate::authoring::lock::archive(&members).map_err(StoreError::at(&path))?;
    let comment = Some("Read, and tried out at the demonstration site.".to_owned());
    let wish = Wish { person: person("j.weiss"), role: None, comment };
    let approval = crate::authoring::lock::prepare(&opened, roster, wish, now)?;
    write(disk, &path, &crate::authoring::lock::approve(&bytes, &approval, roster, &signers["j.weiss"])?)
}

/// A demonstration waits seconds where real work waits minutes: every length of time is set to its least.
fn shortest_waits(shipped: &Shipped) -> Result<BTreeMap<Variable, String>, PackageFault> {
    let procedure: Procedure = library::read_document("procedure.yaml", shipped.procedure)
        .map_err(|fault| PackageFault::Document(Box::new(fault)))?;
    let spans = procedure.parameters.into_iter().filter(|p| p.kind == ParameterType::Duration);
    Ok(spans.filter_map(|p| Some((p.id, p.min?))).collect())
}

/// Sample evidence and scripts, where a newcomer's file picker finds them.
fn samples(home: &Home, disk: &Disk, shipped: &Shipped) -> Result<(), DemoError> {
    let folder = home.root().join("samples").join(&shipped.id);
    for (name, bytes) in &shipped.runs {
        write(disk, &folder.join(name), bytes)?;
    }
    Ok(())
}

/// Writes a file that is not there yet.
fn write(disk: &Disk, path: &Path, bytes: &[u8]) -> Result<(), DemoError> {
    if path.is_file() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        disk.create_folder(folder).map_err(StoreError::at(folder))?;
    }
    Ok(disk.write_new(path, bytes).map_err(StoreError::at(path))?)
}
