//! Go or no-go: who is asked (FORMAT.md §2) and what one person answers (§4).

use crate::kernel::model::count::once;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::Role;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// A role that is asked, with how many persons of it; one alone is written as the role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(from = "Written", into = "Written")]
pub struct PollEntry {
    /// Who is asked.
    pub role: Role,
    /// How many different persons.
    pub count: NonZeroU32,
}

/// The two spellings of an entry.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a role, or {role, count}")]
enum Written {
    One(Role),
    Several(Counted),
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Counted {
    role: Role,
    #[serde(default = "once")]
    count: NonZeroU32,
}

impl From<Written> for PollEntry {
    fn from(written: Written) -> Self {
        match written {
            Written::One(role) => Self { role, count: once() },
            Written::Several(Counted { role, count }) => Self { role, count },
        }
    }
}

impl From<PollEntry> for Written {
    fn from(PollEntry { role, count }: PollEntry) -> Self {
        match count.get() {
            1 => Self::One(role),
            _ => Self::Several(Counted { role, count }),
        }
    }
}

/// The answer of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PollAnswer {
    /// Ready.
    Go,
    /// Not ready; one is enough.
    NoGo,
}

impl PollAnswer {
    /// Returns what the signature under the answer means.
    #[must_use]
    pub fn meaning(self) -> Meaning {
        match self {
            Self::Go => Meaning::Approved,
            Self::NoGo => Meaning::Rejected,
        }
    }

    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::NoGo => "no_go",
        }
    }
}
