//! How much an entry or a file can be relied on by itself, derived in one place (FORMAT.md §5).

use super::{Attempt, Entry, Run};
use crate::kernel::model::entry::EntrySource;
use crate::kernel::model::evidence::{EvidenceItem, Origin};
use crate::kernel::model::outcome::Match;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a reading or file came into the record, from what rests on one hand to what rests on two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// A person typed it.
    Keyed,
    /// A reader took it.
    Scanned,
    /// The program worked it out.
    Calculated,
    /// A file was taken in whole.
    Captured,
    /// A second person saw the same.
    Verified,
}

impl Tier {
    /// Returns the tier of an entry that nobody else saw.
    #[must_use]
    pub fn of(source: EntrySource) -> Self {
        match source {
            EntrySource::Keyed => Self::Keyed,
            EntrySource::Scanned => Self::Scanned,
        }
    }

    /// Returns what to say of it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Keyed => "keyed",
            Self::Scanned => "scanned",
            Self::Calculated => "calculated",
            Self::Captured => "captured file",
            Self::Verified => "verified by a second person",
        }
    }
}

impl Attempt {
    /// Returns the tier of an entry of this attempt.
    #[must_use]
    pub fn tier(&self, entry: &Entry) -> Tier {
        let seen = |v: &super::Verified| v.result == Match::Match && v.judges.contains(&entry.record);
        match entry.source {
            _ if self.verified.as_ref().is_some_and(seen) => Tier::Verified,
            None => Tier::Calculated,
            Some(source) => Tier::of(source),
        }
    }
}

impl Run {
    /// Returns the tier of a file.
    #[must_use]
    pub fn tier_of_file(&self, item: &EvidenceItem) -> Tier {
        match item.file.origin {
            Origin::File => Tier::Captured,
            Origin::Text => Tier::Keyed,
        }
    }
}
