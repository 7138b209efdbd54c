//! The approval of a package: a small statement that a person signs (FORMAT.md §3).

use crate::kernel::canon::digest::PackageDigest;
use crate::kernel::documents::package::Manifest;
use crate::kernel::documents::roster::Roster;
use crate::kernel::documents::standing::Withheld;
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::model::time::Timestamp;
use crate::kernel::signature::KeyId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The largest approval that is read, in bytes.
pub const MAX_APPROVAL: usize = 64 * 1024;

/// The longest comment, in bytes.
pub const MAX_COMMENT: usize = 8000;

/// The format line of an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ApprovalFormat {
    /// The only version.
    #[serde(rename = "asrun.approval.v1")]
    V1,
}

/// What the signature means; there is one meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalMeaning {
    /// The package may be run.
    Approved,
}

/// The statement that is signed in the namespace `package@asrun`; canonical.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageApproval {
    /// What the approver wants to say.
    pub comment: Option<String>,
    /// Always `asrun.approval.v1`.
    pub format: ApprovalFormat,
    /// Always `approved`.
    pub meaning: ApprovalMeaning,
    /// Printed name, as the roster has it.
    pub name: String,
    /// Which package.
    pub package: PackageDigest,
    /// Who.
    pub person: PersonId,
    /// In which role.
    pub role: Role,
    /// When.
    pub time: Timestamp,
}

/// Why an approval does not count.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Uncounted {
    /// The roster did not let the person approve then.
    #[error(transparent)]
    Withheld(#[from] Withheld),
    /// It prints another name than the roster has.
    #[error("it prints the name {printed}, the roster has {listed}")]
    Name {
        /// What it prints; untrusted text.
        printed: String,
        /// What the roster has; untrusted text.
        listed: String,
    },
    /// It claims to be older than what it approves.
    #[error("it claims to be made at {time}, before the package was locked at {locked}")]
    BeforeLocking {
        /// When it says it was made.
        time: Timestamp,
        /// When the package was locked.
        locked: Timestamp,
    },
    /// It claims to be made later than the moment that is asked about.
    #[error("it claims to be made at {time}, which is after {at}; look at the clocks of both stations")]
    Later {
        /// When it says it was made.
        time: Timestamp,
        /// The moment that is asked about.
        at: Timestamp,
    },
}

impl PackageApproval {
    /// Asks whether it counts under a roster at a moment: the key valid and the role held when it was made.
    ///
    /// # Errors
    /// Why it does not.
    pub fn counts(&self, key: &KeyId, roster: &Roster, manifest: &Manifest, at: Timestamp) -> Result<(), Uncounted> {
        let person = roster.entitled(&self.person, key, self.time)?;
        roster.holder(&self.person, &self.role, self.time)?;
        let (time, locked) = (self.time, manifest.locked_at);
        match () {
            () if person.name != self.name => {
                Err(Uncounted::Name { printed: self.name.clone(), listed: person.name.clone() })
            }
            () if time < locked => Err(Uncounted::BeforeLocking { time, locked }),
            () if time > at => Err(Uncounted::Later { time, at }),
            () => Ok(()),
        }
    }
}

/// An approval as it is shown wherever a package is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Approver {
    /// What the approver said.
    pub comment: Option<String>,
    /// Why it does not count; none where it does.
    pub ignored: Option<String>,
    /// Printed name.
    pub name: String,
    /// Who.
    pub person: PersonId,
    /// In which role.
    pub role: Role,
    /// When.
    pub time: Timestamp,
}

impl Approver {
    /// Tells of an approval, and whether it counts.
    #[must_use]
    pub fn new(approval: &PackageApproval, counts: Result<(), Uncounted>) -> Self {
        Self {
            comment: approval.comment.clone(),
            ignored: counts.err().map(|why| why.to_string()),
            name: approval.name.clone(),
            person: approval.person.clone(),
            role: approval.role.clone(),
            time: approval.time,
        }
    }
}

impl fmt::Display for Approver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let comment = self.comment.as_deref().unwrap_or("no comment");
        write!(f, "{} ({}) as {}, {}: {comment}", self.name, self.person, self.role, self.time)?;
        match &self.ignored {
            Some(why) => write!(f, " [does not count: {why}]"),
            None => Ok(()),
        }
    }
}
