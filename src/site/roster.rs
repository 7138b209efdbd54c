//! The roster: signed by the authority, taken over by stations, exported for OpenSSH (FORMAT.md §8).

use crate::kernel::documents::roster::Roster;
use crate::kernel::model::name::Identifier;
use crate::kernel::signature::{Namespace, PublicKey, SshSignature};
use crate::keys::Signer;
use crate::library::{Diagnostic, MAX_DOCUMENT, read_roster};
use crate::store::{Disk, Home, StoreError, read_text, read_whole};
use std::fmt::Write as _;
use std::path::PathBuf;

/// Why a roster was not signed or not taken over.
#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    /// The document is refused.
    #[error("the roster is refused")]
    Document(#[from] Diagnostic),
    /// It is not signed by the authority of this station.
    #[error("the roster is not signed by the authority of this station")]
    Authority,
    /// Another key than the authority's was about to sign.
    #[error("this key is not the authority of this station: no station of the site would take the roster")]
    NotAuthority,
    /// Rosters are installed, but not who signed them: another authority must not slip in.
    #[error("rosters are installed here, but the key of its authority is missing or cannot be read: `{}`", .0.display())]
    AuthorityGone(PathBuf),
    /// The signature is invalid.
    #[error("the signature is invalid over this roster")]
    Signature,
    /// The station has this serial or a higher one.
    #[error("serial {offered} is not higher than {installed}, which is installed")]
    Serial {
        /// What was offered.
        offered: u32,
        /// What is installed.
        installed: u32,
    },
    /// It is for another site.
    #[error("the roster is for another site")]
    Site,
    /// The document has no line `serial: N` to raise.
    #[error("the roster has no line `serial: N` at its margin")]
    NoSerial,
    /// The disk failed.
    #[error("the disk failed")]
    Store(#[from] StoreError),
}

/// Raises the serial above what is installed and signs; returns the text and its signature.
///
/// # Errors
/// A roster that is refused, or a key that is not the one of the authority that this station knows.
pub fn sign(home: &Home, text: &str, authority: &Signer) -> Result<(String, String), RosterError> {
    if known_authority(home)?.is_some_and(|known| known.id() != authority.id()) {
        return Err(RosterError::NotAuthority);
    }
    let roster = read_roster("roster", text.as_bytes())?;
    let serial = roster.serial.max(newest_serial(home).unwrap_or(0)) + 1;
    let old = text.lines().find(|l| l.starts_with("serial:")).ok_or(RosterError::NoSerial)?;
    let text = text.replacen(old, &format!("serial: {serial}"), 1);
    read_roster("roster", text.as_bytes())?;
    let signature = authority.sign_ssh(Namespace::Roster, text.as_bytes());
    Ok((text, signature))
}

/// Takes a roster over: only a higher serial of the same site, signed by the authority this station knows.
///
/// The first roster of a station brings its authority along; whoever installs it answers for that.
///
/// # Errors
/// Why it is not taken over.
pub fn install(home: &Home, text: &[u8], signature: &[u8], disk: &Disk) -> Result<Roster, RosterError> {
    let roster = read_roster("roster", text)?;
    let signer = SshSignature::parse(signature)
        .and_then(|s| s.check(Namespace::Roster, text))
        .map_err(|_| RosterError::Signature)?;
    let known = known_authority(home)?;
    if known.is_some_and(|known| known.id() != signer.id()) {
        return Err(RosterError::Authority);
    }
    // By name, not by content: a newest roster that was damaged must not open the door to an older one.
    if let Some(installed) = newest_serial(home).filter(|installed| *installed >= roster.serial) {
        return Err(RosterError::Serial { offered: roster.serial, installed });
    }
    if newest_site(home).is_some_and(|site| site != roster.site) {
        return Err(RosterError::Site);
    }
    if known.is_none() {
        let (folder, path) = (home.trust(), authority_path(home));
        disk.create_folder(&folder).map_err(StoreError::at(&folder))?;
        let line = format!("{}\n", signer.to_openssh());
        disk.write_new(&path, line.as_bytes()).map_err(StoreError::at(&path))?;
    }
    disk.create_folder(&home.rosters()).map_err(StoreError::at(&home.rosters()))?;
    for (name, bytes) in [(format!("{}.yaml.sig", roster.serial), signature), (format!("{}.yaml", roster.serial), text)]
    {
        let path = home.rosters().join(name);
        disk.replace(&path, bytes).map_err(StoreError::at(&path))?;
    }
    Ok(roster)
}

fn authority_path(home: &Home) -> PathBuf {
    home.trust().join("authority.pub")
}

/// The authority that this station knows; none before its first roster.
fn known_authority(home: &Home) -> Result<Option<PublicKey>, RosterError> {
    let path = authority_path(home);
    let read = read_text(&path, "the authority's key", 4096).ok();
    match read.as_deref().and_then(|text| PublicKey::from_openssh(text).ok()) {
        Some((key, _)) => Ok(Some(key)),
        None if newest_serial(home).is_some() || path.symlink_metadata().is_ok() => {
            Err(RosterError::AuthorityGone(path))
        }
        None => Ok(None),
    }
}

/// Returns the serial of the newest installed roster, whatever is in it.
fn newest_serial(home: &Home) -> Option<u32> {
    let entries = std::fs::read_dir(home.rosters()).ok()?.flatten();
    entries.filter_map(|e| e.file_name().to_str()?.strip_suffix(".yaml")?.parse::<u32>().ok()).max()
}

fn newest_site(home: &Home) -> Option<Identifier> {
    let path = home.rosters().join(format!("{}.yaml", newest_serial(home)?));
    let bytes = read_whole(&path, "the roster", MAX_DOCUMENT as u64).ok()?;
    Some(read_roster("installed", &bytes).ok()?.site)
}

/// Writes OpenSSH's allowed_signers: a line for each key, with its days of validity.
#[must_use]
pub fn allowed_signers(roster: &Roster) -> String {
    let mut out = String::new();
    let day = |t: crate::kernel::model::time::Timestamp| t.to_string()[..19].replace(['-', ':', 'T'], "");
    for person in &roster.persons {
        for grant in &person.keys {
            let until = grant.revoked_at.map_or(grant.valid_until, |r| r.min(grant.valid_until));
            // Writing to a string cannot fail.
            let _ = writeln!(
                out,
                "{} valid-after=\"{}Z\",valid-before=\"{}Z\" {}",
                person.id,
                day(grant.valid_from),
                day(until),
                grant.key.to_openssh()
            );
        }
    }
    out
}
