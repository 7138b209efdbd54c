//! What a run that lies at a station is: one answer with the exact record, in words that every door prints
//! (FORMAT.md §4, Health).

use crate::kernel::text::counted;
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

    /// Tells whether a person may answer for the run, so that it goes on where it stands.
    #[must_use]
    pub fn can_be_mended(self) -> bool {
        match self {
            Self::HeadLost | Self::Rescued => true,
            Self::Whole
            | Self::Torn
            | Self::Cut
            | Self::Altered
            | Self::SwappedPackage
            | Self::SwappedRoster
            | Self::Gone
            | Self::Rewound
            | Self::Forked => false,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
        let (state, records) = (self.state.words(), counted(self.records, "record", "records"));
        let why = if self.why.is_empty() { String::new() } else { format!("; {}", self.why) };
        match (self.state, self.of_at_least, self.record) {
            (State::Whole, ..) => format!("{state}: {records}"),
            (State::Cut, Some(least), _) => {
                format!("{state}: {} of at least {}{why}", self.records, counted(least, "record", "records"))
            }
            (State::Gone, Some(least), _) => format!(
                "{state}: at least {}{why}",
                counted(least, "record was acknowledged", "records were acknowledged")
            ),
            (State::Altered | State::Rewound | State::Forked, _, Some(from)) => {
                format!("{state}: {}; do not rely on record {from} and those behind it", self.why)
            }
            (State::Torn | State::HeadLost, ..) => {
                format!("{state}: {}{why}", counted(self.records, "record holds", "records hold"))
            }
            _ => format!("{state}: {}", self.why),
        }
    }
}

impl std::fmt::Display for Health {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [State; 11] = [
        State::Whole,
        State::Torn,
        State::Cut,
        State::Altered,
        State::SwappedPackage,
        State::SwappedRoster,
        State::Gone,
        State::Rewound,
        State::Forked,
        State::HeadLost,
        State::Rescued,
    ];

    fn health(state: State) -> Health {
        Health { state, records: 30, record: Some(31), of_at_least: Some(44), why: "why".into() }
    }

    #[test]
    fn each_state_says_its_records_and_from_which_on_not_to_rely() {
        let said = |state| health(state).words();
        assert_eq!(said(State::Whole), "whole: 30 records");
        assert_eq!(said(State::Torn), "torn: 30 records hold; why");
        assert_eq!(said(State::Cut), "cut: 30 of at least 44 records; why");
        assert_eq!(said(State::Gone), "gone: at least 44 records were acknowledged; why");
        assert_eq!(said(State::HeadLost), "head lost: 30 records hold; why");
        for state in [State::Altered, State::Rewound, State::Forked] {
            let words = format!("{}: why; do not rely on record 31 and those behind it", state.words());
            assert_eq!(said(state), words);
        }
        for state in [State::SwappedPackage, State::SwappedRoster, State::Rescued] {
            assert_eq!(said(state), format!("{}: why", state.words()));
        }
    }

    #[test]
    fn the_numbers_alone_say_it_where_nothing_else_was_found() {
        let cut = Health { why: String::new(), ..health(State::Cut) };
        assert_eq!(cut.words(), "cut: 30 of at least 44 records");
        // How much is missing is not made up where nobody knows it.
        let cut = Health { of_at_least: None, ..health(State::Cut) };
        assert_eq!(cut.words(), "cut: why");
    }

    #[test]
    fn two_states_are_well_and_every_other_has_a_way_on_that_is_no_silent_repair() {
        for state in ALL {
            let well = matches!(state, State::Whole | State::Torn);
            assert_eq!(health(state).is_well(), well, "{state:?}");
            assert_eq!(state.hint().is_empty(), state == State::Whole, "{state:?}");
            assert!(!(well && (state.can_be_put_aside() || state.can_be_mended())), "{state:?}");
            assert_eq!(state.hint().contains("asrun doctor --fix"), state.can_be_mended(), "{state:?}");
            // Good records are never put aside: a swapped file is put back, rescued records too.
            let good = matches!(state, State::SwappedPackage | State::SwappedRoster | State::Rescued);
            assert_eq!(state.can_be_put_aside(), !well && !good, "{state:?}");
        }
    }

    #[test]
    fn the_word_in_json_is_the_word_for_people() {
        for state in ALL.into_iter().filter(|state| *state != State::Forked) {
            let json = serde_json::to_value(state).unwrap();
            assert_eq!(json.as_str().unwrap().replace('_', " "), state.words());
        }
        let distinct: std::collections::BTreeSet<_> = ALL.iter().map(|state| state.words()).collect();
        assert_eq!(distinct.len(), ALL.len());
    }
}
