//! The roster: signed by the authority, taken over by stations, exported for OpenSSH (FORMAT.md §8).

use crate::kernel::model::roster::Roster;
use crate::kernel::signature::{Namespace, PublicKey, SshSignature};
use crate::keys::Signer;
use crate::library::{Diagnostic, MAX_DOCUMENT, read_roster};
use crate::store::{Disk, Home, StoreError, read_text, read_whole};
use std::fmt::Write as _;

/// Why a roster was not signed or not taken over.
#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    /// The document is refused.
    #[error("the roster is refused")]
    Document(#[from] Diagnostic),
    /// It is not signed by the authority of this station.
    #[error("the roster is not signed by the authority of this station")]
    Authority,
    /// The signature does not hold.
    #[error("the signature does not hold over this roster")]
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

/// Raises the serial above `installed` and signs; returns the text and its signature.
///
/// # Errors
/// A roster that is refused.
pub fn sign(text: &str, installed: u32, authority: &Signer) -> Result<(String, String), RosterError> {
    let roster = read_roster("roster", text.as_bytes())?;
    let serial = roster.serial.max(installed) + 1;
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
pub fn install(home: &Home, text: &[u8], signature: &[u8]) -> Result<Roster, RosterError> {
    let roster = read_roster("roster", text)?;
    let signer = SshSignature::parse(signature)
        .and_then(|s| s.check(Namespace::Roster, text))
        .map_err(|_| RosterError::Signature)?;
    let disk = Disk::new();
    let trust = home.trust().join("authority.pub");
    match read_text(&trust, "the authority's key", 4096) {
        Ok(known) => {
            let known = PublicKey::from_openssh(&known).map_err(|_| RosterError::Authority)?.0;
            if known.id() != signer.id() {
                return Err(RosterError::Authority);
            }
        }
        Err(_) => {
            let line = format!("{}\n", signer.to_openssh());
            disk.create_folder(&home.trust()).map_err(StoreError::at(&home.trust()))?;
            disk.write_new(&trust, line.as_bytes()).map_err(StoreError::at(&trust))?;
        }
    }
    if let Some((installed, site)) = newest(home) {
        if installed >= roster.serial {
            return Err(RosterError::Serial { offered: roster.serial, installed });
        }
        if site != roster.site.as_str() {
            return Err(RosterError::Site);
        }
    }
    disk.create_folder(&home.rosters()).map_err(StoreError::at(&home.rosters()))?;
    for (name, bytes) in [(format!("{}.yaml.sig", roster.serial), signature), (format!("{}.yaml", roster.serial), text)]
    {
        let path = home.rosters().join(name);
        disk.replace(&path, bytes).map_err(StoreError::at(&path))?;
    }
    Ok(roster)
}

/// Returns serial and site of the newest installed roster.
#[must_use]
pub fn newest(home: &Home) -> Option<(u32, String)> {
    let entries = std::fs::read_dir(home.rosters()).ok()?.flatten();
    let serials = entries.filter_map(|e| e.file_name().to_str()?.strip_suffix(".yaml")?.parse::<u32>().ok());
    let serial = serials.max()?;
    let bytes = read_whole(&home.rosters().join(format!("{serial}.yaml")), "the roster", MAX_DOCUMENT as u64).ok()?;
    let roster = read_roster("installed", &bytes).ok()?;
    Some((serial, roster.site.to_string()))
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
