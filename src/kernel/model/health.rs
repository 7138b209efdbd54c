//! What a run that lies at a station is: one answer with the exact record, in words that every door prints
//! (FORMAT.md §4, Health).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a run that lies here is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Everything that was acknowledged is there.
    Whole,
    /// The last write did not end; nothing that was acknowledged is missing.
    Torn,
    /// Acknowledged records are missing at the end.
    Cut,
    /// A record, or a file that a record names, is not what was recorded.
    Altered,
    /// Another package lies beside the records.
    SwappedPackage,
    /// Another roster lies beside the records.
    SwappedRoster,
    /// The run is not in this home any more.
    Gone,
    /// An older state of the run than this station has seen.
    Rewound,
    /// Another history of the run than this station has seen.
    Forked,
    /// The head file is lost: nobody can tell whether acknowledged records are missing.
    HeadLost,
    /// The journal was taken away under its writer; what was acknowledged waits beside the run to be put back.
    Rescued,
}

impl State {
    /// Returns the words that begin every line about it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Torn => "torn",
            Self::Cut => "cut",
            Self::Altered => "altered",
            Self::SwappedPackage => "swapped package",
            Self::SwappedRoster => "swapped roster",
            Self::Gone => "gone",
            Self::Rewound => "rewound",
            Self::Forked => "second history",
            Self::HeadLost => "head lost",
            Self::Rescued => "rescued",
        }
    }

    /// Tells whether a person may put the run aside: never one whose records are good.
    #[must_use]
    pub fn can_be_put_aside(self) -> bool {
        match self {
            Self::Whole | Self::Torn | Self::Rescued | Self::SwappedPackage | Self::SwappedRoster => false,
            Self::Cut | Self::Altered | Self::Gone | Self::Rewound | Self::Forked | Self::HeadLost => true,
        }
    }

    /// Returns what there is to do about it.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Torn => "take the run up again: what was not acknowledged is kept beside the journal",
            Self::SwappedPackage | Self::SwappedRoster => {
                "the records are as they were; put the file back that the run was opened with"
            }
            Self::HeadLost => {
                "compare the last record with what is known of the run, then answer for it: `asrun doctor --fix RUN --as \
                 PERSON --reason …`"
            }
            Self::Rescued => "`asrun doctor --fix RUN --as PERSON --reason …` puts back what was acknowledged",
            Self::Cut | Self::Altered | Self::Gone | Self::Rewound | Self::Forked => {
                "bring back the newest copy of the run folder, or `asrun archive RUN --as PERSON \
                 --reason …` and open a fresh run"
            }
        }
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Health {
    /// What the run is.
    pub state: State,
    /// How many records hold, from the first on.
    pub records: u64,
    /// The first record that is not to be relied on.
    pub record: Option<u64>,
    /// How many records were acknowledged at least, where more were than are here.
    pub of_at_least: Option<u64>,
    /// What was found, in words; empty where the numbers say it.
    pub why: String,
}

impl Health {
    /// Tells whether the run can be taken up, shown and sealed without a word.
    #[must_use]
    pub fn is_well(&self) -> bool {
        matches!(self.state, State::Whole | State::Torn)
    }

    /// Returns one line for people: the same at every door.
    #[must_use]
    pub fn words(&self) -> String {
        let (state, records) = (self.state.words(), self.records);
        let why = if self.why.is_empty() { String::new() } else { format!("; {}", self.why) };
        match (self.state, self.of_at_least, self.record) {
            (State::Whole, ..) => format!("{state}: {records} records"),
            (State::Cut, Some(least), _) => format!("{state}: {records} of at least {least} records{why}"),
            (State::Gone, Some(least), _) => format!("{state}: at least {least} records were acknowledged{why}"),
            (State::Altered | State::Rewound | State::Forked, _, Some(from)) => {
                format!("{state}: {}; do not rely on record {from} and those behind it", self.why)
            }
            (State::Torn | State::HeadLost, ..) => format!("{state}: {records} records hold{why}"),
            _ => format!("{state}: {}", self.why),
        }
    }
}

impl std::fmt::Display for Health {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words())
    }
}
