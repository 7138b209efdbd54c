//! How a key stands with a roster, and whether the roster lets a person act (FORMAT.md §8).
//!
//! One answer for every door: gates, sessions, approvals, sign-offs, answers, `doctor` and the screens ask here.

use crate::kernel::documents::roster::{KeyGrant, Person, Roster};
use crate::kernel::model::gate::GateCode;
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::model::time::{Span, Timestamp};
use crate::kernel::signature::KeyId;
use std::fmt;

/// How a key stands with a roster at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may sign.
    Valid {
        /// Until when.
        until: Timestamp,
    },
    /// Its time has not come.
    NotYet {
        /// From when it is valid.
        from: Timestamp,
    },
    /// Its time is over.
    Expired {
        /// Since when.
        at: Timestamp,
    },
    /// It is not trusted any more, whatever a clock says: who holds a stolen key can also set a clock back.
    Revoked {
        /// Since when, as the roster has it.
        at: Timestamp,
    },
    /// It does not stand under this person.
    Unknown,
}

impl Standing {
    /// Tells whether the key may sign.
    #[must_use]
    pub fn is_valid(self) -> bool {
        matches!(self, Self::Valid { .. })
    }

    /// Tells whether a valid key runs out within a span of a moment.
    #[must_use]
    pub fn runs_out_within(self, span: Span, at: Timestamp) -> bool {
        matches!(self, Self::Valid { until } if until.since(at) < span.millis())
    }

    fn of(grant: &KeyGrant, at: Timestamp) -> Self {
        match grant.revoked_at {
            Some(at) => Self::Revoked { at },
            None if at < grant.valid_from => Self::NotYet { from: grant.valid_from },
            None if at >= grant.valid_until => Self::Expired { at: grant.valid_until },
            None => Self::Valid { until: grant.valid_until },
        }
    }

    /// Of several entries of one key: a revocation outweighs all, then what is valid.
    fn weight(self) -> u8 {
        match self {
            Self::Revoked { .. } => 4,
            Self::Valid { .. } => 3,
            Self::NotYet { .. } => 2,
            Self::Expired { .. } => 1,
            Self::Unknown => 0,
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid { until } => write!(f, "valid until {until}"),
            Self::NotYet { from } => write!(f, "not valid before {from}"),
            Self::Expired { at } => write!(f, "expired at {at}"),
            Self::Revoked { at } => write!(f, "revoked at {at}"),
            Self::Unknown => f.write_str("not listed under this person"),
        }
    }
}

/// Why a roster does not let a person act.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Withheld {
    /// The person does not stand in it, or not any more.
    #[error("{person} does not stand in roster {serial}")]
    Person {
        /// Who.
        person: PersonId,
        /// Which roster.
        serial: u32,
    },
    /// The key is not a valid one of this person.
    #[error("the key of {name} ({person}) is {standing}, by roster {serial}")]
    Key {
        /// Whose.
        person: PersonId,
        /// The printed name; untrusted text.
        name: String,
        /// How it stands.
        standing: Standing,
        /// Which roster.
        serial: u32,
    },
    /// Every key of the person is revoked or has expired.
    #[error("{name} ({person}) has no key left that could sign, by roster {serial}")]
    Keyless {
        /// Who.
        person: PersonId,
        /// The printed name; untrusted text.
        name: String,
        /// Which roster.
        serial: u32,
    },
    /// The person does not hold the role, or not any more.
    #[error("{name} ({person}) does not hold {role}, by roster {serial}")]
    Role {
        /// Who.
        person: PersonId,
        /// The printed name; untrusted text.
        name: String,
        /// As what.
        role: String,
        /// Which roster.
        serial: u32,
    },
}

impl Withheld {
    /// Returns the gate that asks the same of the run's own roster.
    #[must_use]
    pub fn gate(&self) -> GateCode {
        match self {
            Self::Person { .. } | Self::Key { .. } | Self::Keyless { .. } => GateCode::KnownPerson,
            Self::Role { .. } => GateCode::RoleHeld,
        }
    }

    /// Returns what can be done.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Person { .. } => "ask the site authority for an entry; others of the crew can go on",
            Self::Key { standing: Standing::Revoked { .. } | Standing::Expired { .. }, .. } => {
                "make a new key with `asrun key new` and ask the site authority to list it; others of the crew can go on"
            }
            Self::Key { standing: Standing::NotYet { .. }, .. } => {
                "wait until then, and look at the clock of this station"
            }
            Self::Key { .. } => "take the key that the roster lists for this person, or ask the site authority",
            Self::Keyless { .. } => "name another person, or ask the site authority to list a new key",
            Self::Role { .. } => "let somebody act who holds the role, or ask the site authority",
        }
    }
}

impl Roster {
    /// Returns how a key stands under a person at a moment.
    #[must_use]
    pub fn standing(&self, person: &PersonId, key: &KeyId, at: Timestamp) -> Standing {
        let keys = self.person(person).into_iter().flat_map(|p| &p.keys).filter(|grant| grant.key.id() == *key);
        keys.map(|grant| Standing::of(grant, at)).max_by_key(|s| s.weight()).unwrap_or(Standing::Unknown)
    }

    /// Returns the person when this key of theirs may sign at a moment.
    ///
    /// # Errors
    /// Why it may not.
    pub fn entitled(&self, person: &PersonId, key: &KeyId, at: Timestamp) -> Result<&Person, Withheld> {
        let found = self.listed(person)?;
        match self.standing(person, key, at) {
            Standing::Valid { .. } => Ok(found),
            standing => {
                let (person, name) = (person.clone(), found.name.clone());
                Err(Withheld::Key { person, name, standing, serial: self.serial })
            }
        }
    }

    /// Returns the person when they hold a role at a moment.
    ///
    /// # Errors
    /// Why they do not.
    pub fn holder(&self, person: &PersonId, role: &Role, at: Timestamp) -> Result<&Person, Withheld> {
        let found = self.listed(person)?;
        match found.holds(role, at) {
            true => Ok(found),
            false => {
                let (person, name, role) = (person.clone(), found.name.clone(), role.to_string());
                Err(Withheld::Role { person, name, role, serial: self.serial })
            }
        }
    }

    /// Returns the person when some key of theirs can sign at a moment or later: only such a person is worth binding.
    ///
    /// # Errors
    /// Why nothing that they sign could count.
    pub fn able(&self, person: &PersonId, at: Timestamp) -> Result<&Person, Withheld> {
        let found = self.listed(person)?;
        match found.keys.iter().any(|k| matches!(Standing::of(k, at), Standing::Valid { .. } | Standing::NotYet { .. }))
        {
            true => Ok(found),
            false => Err(Withheld::Keyless { person: person.clone(), name: found.name.clone(), serial: self.serial }),
        }
    }

    fn listed(&self, person: &PersonId) -> Result<&Person, Withheld> {
        self.person(person).ok_or_else(|| Withheld::Person { person: person.clone(), serial: self.serial })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::canon::digest::sha256;
    use crate::keys::Signer;
    use serde_json::json;

    const JAN: &str = "2026-01-01T00:00:00.000Z";
    const JUNE: &str = "2026-06-01T00:00:00.000Z";
    const YEAR: &str = "2027-01-01T00:00:00.000Z";

    fn key(name: &str) -> crate::kernel::signature::PublicKey {
        *Signer::from_seed(&sha256(name.as_bytes())).unwrap().public()
    }

    /// A roster in which ana holds a key under each of these dates: from, until, revoked.
    fn roster(grants: &[(&str, &str, Option<&str>)]) -> Roster {
        let grant = |(from, until, revoked): &(&str, &str, Option<&str>)| json!({"key": key("ana").to_openssh(), "valid_from": from, "valid_until": until, "revoked_at": revoked});
        let ana = json!({"id": "ana", "name": "Ana", "keys": grants.iter().map(grant).collect::<Vec<_>>(),
            "roles": [{"role": "performer", "valid_from": JAN, "valid_until": JUNE}]});
        serde_json::from_value(
            json!({"format": "asrun.roster.v1", "site": "s", "serial": 8, "issued": JAN, "expires": YEAR,
            "package_approval": {"role": "approver", "count": 1}, "persons": [ana]}),
        )
        .unwrap()
    }

    fn standing(grants: &[(&str, &str, Option<&str>)], at: &str) -> String {
        roster(grants).standing(&"ana".parse().unwrap(), &key("ana").id(), at.parse().unwrap()).to_string()
    }

    #[test]
    fn a_key_is_valid_between_its_dates_the_last_moment_left_out() {
        assert_eq!(standing(&[(JUNE, YEAR, None)], JAN), format!("not valid before {JUNE}"));
        assert_eq!(standing(&[(JAN, JUNE, None)], JAN), format!("valid until {JUNE}"));
        assert_eq!(standing(&[(JAN, JUNE, None)], JUNE), format!("expired at {JUNE}"));
    }

    #[test]
    fn a_revocation_counts_whatever_the_clock_says_and_outweighs_every_other_entry_of_the_key() {
        assert_eq!(standing(&[(JAN, YEAR, Some(JUNE))], JAN), format!("revoked at {JUNE}"));
        assert_eq!(standing(&[(JAN, JUNE, Some(JAN)), (JUNE, YEAR, None)], JUNE), format!("revoked at {JAN}"));
        assert_eq!(standing(&[(JAN, JUNE, None), (JUNE, YEAR, None)], JUNE), format!("valid until {YEAR}"));
    }

    #[test]
    fn what_is_withheld_says_who_why_and_by_which_roster() {
        let (ana, at) = ("ana".parse().unwrap(), JUNE.parse().unwrap());
        let roster = roster(&[(JAN, YEAR, Some(JAN))]);
        let said = |withheld: Result<&Person, Withheld>| withheld.unwrap_err().to_string();
        assert_eq!(
            said(roster.entitled(&ana, &key("ana").id(), at)),
            format!("the key of Ana (ana) is revoked at {JAN}, by roster 8")
        );
        assert!(said(roster.entitled(&ana, &key("bo").id(), at)).contains("is not listed under this person"));
        assert_eq!(said(roster.entitled(&"bo".parse().unwrap(), &key("bo").id(), at)), "bo does not stand in roster 8");
        assert_eq!(said(roster.able(&ana, at)), "Ana (ana) has no key left that could sign, by roster 8");
        assert_eq!(
            said(roster.holder(&ana, &"performer".parse().unwrap(), at)),
            "Ana (ana) does not hold performer, by roster 8"
        );
    }
}
