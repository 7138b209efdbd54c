//! The keys of this home and how each stands with the station's roster.

use super::{Station, installed_roster};
use crate::kernel::documents::roster::Roster;
use crate::kernel::documents::standing::Standing;
use crate::kernel::model::name::PersonId;
use crate::kernel::model::time::{Span, Timestamp};
use crate::kernel::signature::PublicKey;
use crate::keys::{KeyError, KeyFile};
use crate::store::read_text;

/// A key of this home.
#[derive(Debug)]
pub struct Held {
    /// The file, or why it cannot be used.
    pub file: Result<KeyFile, KeyError>,
    /// Whose it is.
    pub owner: Owner,
}

/// Whose a key is, by the station's roster and its authority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The site's authority, which signs rosters.
    Authority,
    /// A person, and how the key stands.
    Person(PersonId, Standing),
    /// Nobody: it is not listed.
    Nobody,
    /// The station has no roster, or the file cannot be used.
    NotAsked,
}

impl Held {
    /// Returns what its owner should see to, in words: it signs nothing, or not for long.
    #[must_use]
    pub fn trouble(&self, at: Timestamp) -> Option<String> {
        match (&self.file, &self.owner) {
            (Err(error), _) => Some(error.to_string()),
            (Ok(_), Owner::Authority | Owner::NotAsked) => None,
            (Ok(_), Owner::Person(person, standing)) if standing.runs_out_within(soon(), at) => {
                Some(format!("the key of {person} runs out: {standing}"))
            }
            (Ok(_), Owner::Person(_, Standing::Valid { .. })) => None,
            (Ok(_), Owner::Person(person, standing)) => {
                Some(format!("the key of {person} is {standing}; it signs nothing"))
            }
            (Ok(file), Owner::Nobody) => {
                Some(format!("the key {} stands under nobody in the station's roster", file.public().id()))
            }
        }
    }
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Authority => f.write_str("the site's authority"),
            Self::Person(person, standing) => write!(f, "{person}, {standing}"),
            Self::Nobody => f.write_str("not listed in the station's roster"),
            Self::NotAsked => f.write_str("no roster to ask"),
        }
    }
}

/// How long before its end a key is spoken of: time to make a new one and have the authority list it.
fn soon() -> Span {
    Span::from_millis(30 * 86_400_000)
}

impl Station {
    /// Lists the keys of this home with their owners.
    ///
    /// # Errors
    /// A folder of keys that cannot be read.
    pub fn keyring(&self) -> Result<Vec<Held>, KeyError> {
        let at = self.clock.now().time;
        let roster = installed_roster(&self.home).ok().map(|(roster, ..)| roster);
        let authority = read_text(&self.home.trust().join("authority.pub"), "the authority's key", 4096).ok();
        let authority = authority.as_deref().and_then(|text| PublicKey::from_openssh(text).ok()).map(|(key, _)| key);
        let owner = |file: &KeyFile| match authority {
            Some(authority) if authority.id() == file.public().id() => Owner::Authority,
            _ => roster.as_ref().map_or(Owner::NotAsked, |roster| owner(roster, file, at)),
        };
        let held = |file: Result<KeyFile, KeyError>| Held { owner: file.as_ref().map_or(Owner::NotAsked, owner), file };
        Ok(self.keys().list()?.into_iter().map(held).collect())
    }
}

fn owner(roster: &Roster, file: &KeyFile, at: Timestamp) -> Owner {
    let key = file.public().id();
    match roster.owner(&key) {
        Some(person) => Owner::Person(person.id.clone(), roster.standing(&person.id, &key, at)),
        None => Owner::Nobody,
    }
}
