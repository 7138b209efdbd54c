//! The roster: who may act, with which keys, in which roles, when (FORMAT.md §8).

use crate::kernel::canon::digest::PackageDigest;
use crate::kernel::documents::policy::Approval;
use crate::kernel::model::name::{Identifier, PersonId, Role, Tag};
use crate::kernel::model::time::Timestamp;
use crate::kernel::signature::{KeyId, PublicKey};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The format line of a roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum RosterFormat {
    /// The only version.
    #[serde(rename = "asrun.roster.v1")]
    V1,
}

/// The site authority's signed list of persons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Roster {
    /// Always `asrun.roster.v1`.
    pub format: RosterFormat,
    /// Whose list it is.
    pub site: Identifier,
    /// A station takes higher ones only.
    pub serial: u32,
    /// From when it holds.
    pub issued: Timestamp,
    /// Until when it holds.
    pub expires: Timestamp,
    /// How packages are approved at this site.
    pub package_approval: Approval,
    /// Packages that may not be run any more.
    #[serde(default)]
    pub revoked_packages: Vec<PackageDigest>,
    /// The persons.
    pub persons: Vec<Person>,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Short name, unique in the roster.
    pub id: PersonId,
    /// Printed name.
    pub name: String,
    /// Keys.
    pub keys: Vec<KeyGrant>,
    /// Roles.
    pub roles: Vec<RoleGrant>,
    /// Qualifications.
    #[serde(default)]
    pub qualifications: Vec<QualificationGrant>,
}

/// A key and when it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyGrant {
    /// The public key, as OpenSSH writes it.
    pub key: PublicKey,
    /// From when.
    pub valid_from: Timestamp,
    /// Until when.
    pub valid_until: Timestamp,
    /// Since when it is not trusted any more.
    #[serde(default)]
    pub revoked_at: Option<Timestamp>,
}

/// A role and when it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleGrant {
    /// The role.
    pub role: Role,
    /// From when.
    pub valid_from: Timestamp,
    /// Until when.
    pub valid_until: Timestamp,
}

/// A qualification and when it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QualificationGrant {
    /// The qualification, as procedures name it.
    pub id: Tag,
    /// From when.
    pub valid_from: Timestamp,
    /// Until when.
    pub valid_until: Timestamp,
}

/// Why a roster contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterFault {
    /// A person stands in it twice.
    #[error("person {0} stands in the roster twice")]
    Person(PersonId),
    /// One key under two persons: nobody could tell who signed.
    #[error("one key stands under {0} and {1}")]
    SharedKey(PersonId, PersonId),
    /// It expires before it is issued.
    #[error("the roster expires before it is issued")]
    Dates,
}

impl Roster {
    /// Checks what the types cannot: persons once, keys under one person, dates in order.
    ///
    /// # Errors
    /// The first contradiction.
    pub fn consistent(self) -> Result<Self, RosterFault> {
        if self.expires <= self.issued {
            return Err(RosterFault::Dates);
        }
        for (index, person) in self.persons.iter().enumerate() {
            for other in &self.persons[index + 1..] {
                if person.id == other.id {
                    return Err(RosterFault::Person(person.id.clone()));
                }
                if person.keys.iter().any(|k| other.keys.iter().any(|o| o.key.id() == k.key.id())) {
                    return Err(RosterFault::SharedKey(person.id.clone(), other.id.clone()));
                }
            }
        }
        Ok(self)
    }

    /// Returns a person.
    #[must_use]
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.persons.iter().find(|person| person.id == *id)
    }

    /// Returns the person under whom a key stands.
    #[must_use]
    pub fn owner(&self, key: &KeyId) -> Option<&Person> {
        self.persons.iter().find(|person| person.keys.iter().any(|grant| grant.key.id() == *key))
    }

    /// Tells whether the roster holds at a moment.
    #[must_use]
    pub fn in_force(&self, at: Timestamp) -> bool {
        self.issued <= at && at < self.expires
    }
}

impl Person {
    /// Returns the key of this id when a moment lies between its dates; revocation is judged apart ([`Roster::standing`]).
    #[must_use]
    pub fn key_at(&self, id: &KeyId, at: Timestamp) -> Option<&KeyGrant> {
        self.keys.iter().find(|grant| grant.key.id() == *id && grant.valid_from <= at && at < grant.valid_until)
    }

    /// Tells whether the person holds a role at a moment.
    #[must_use]
    pub fn holds(&self, role: &Role, at: Timestamp) -> bool {
        self.roles.iter().any(|grant| grant.role == *role && grant.valid_from <= at && at < grant.valid_until)
    }

    /// Tells whether the person is qualified at a moment.
    #[must_use]
    pub fn is_qualified(&self, wanted: &Tag, at: Timestamp) -> bool {
        self.qualifications.iter().any(|grant| grant.id == *wanted && grant.valid_from <= at && at < grant.valid_until)
    }
}
