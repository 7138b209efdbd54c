//! Go or no-go: who is asked (FORMAT.md §2) and what one person answers (§4).

use super::kind::{Act, Around, Ask, At, By, Consequence, Kind, Pass, Recorded, is_given};
use crate::kernel::model::count::{left, once};
use crate::kernel::model::gate::{Gate, GateCode};
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{PersonId, Role, StepId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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

/// Answer go or no-go for a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// The answer.
    pub answer: PollAnswer,
    /// Why; demanded for no-go.
    #[serde(default)]
    pub comment: Option<String>,
    /// For which role.
    pub role: Role,
    /// At which step.
    pub step: StepId,
}

/// A role answered go or no-go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PollRecorded {
    /// The answer.
    pub answer: PollAnswer,
    /// Attempt.
    pub attempt: u32,
    /// Why.
    pub comment: Option<String>,
    /// Gates.
    pub gates: Vec<Gate>,
    /// `approved` for go, `rejected` for no-go.
    pub meaning: Meaning,
    /// For which role.
    pub polled: Role,
    /// Step.
    pub step: StepId,
}

/// So many persons of a role must answer go or no-go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waits {
    /// Which role.
    pub role: Role,
    /// How many different persons.
    pub left: u32,
}

/// What each person answered, by the role that was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State(BTreeMap<Role, BTreeMap<PersonId, PollAnswer>>);

impl State {
    /// Returns who of a role answered what.
    pub fn of(&self, role: &Role) -> impl Iterator<Item = (&PersonId, PollAnswer)> {
        self.0.get(role).into_iter().flatten().map(|(person, answer)| (person, *answer))
    }

    /// Returns how many persons of a role still have to answer.
    #[must_use]
    pub fn left(&self, asked: &PollEntry) -> u32 {
        left(asked.count, self.of(&asked.role).count())
    }

    fn has_answered(&self, role: &Role, person: &PersonId) -> bool {
        self.of(role).any(|(who, _)| who == person)
    }

    /// Tells whether every person who is asked said go.
    fn all_say_go(&self, poll: &[PollEntry]) -> bool {
        let go = |role| self.of(role).all(|(_, answer)| answer == PollAnswer::Go);
        poll.iter().all(|asked| self.left(asked) == 0 && go(&asked.role))
    }
}

impl Kind for Vec<PollEntry> {
    type State = State;
    type Waits = Waits;

    fn waits(&self, state: &State, _: &dyn Around) -> Vec<Waits> {
        let asked = self.iter().map(|asked| Waits { role: asked.role.clone(), left: state.left(asked) });
        asked.filter(|waits| waits.left > 0).collect()
    }

    fn pass<I: super::Acts>(&self, waits: &Waits, at: &dyn Pass) -> Option<(Option<Role>, I)> {
        let role = waits.role.clone();
        Some((Some(role.clone()), Poll { answer: PollAnswer::Go, comment: None, role, step: at.step() }.into()))
    }
}

impl Act for Poll {
    type Kind = Vec<PollEntry>;
    type Recorded = PollRecorded;

    fn step(&self) -> &StepId {
        &self.step
    }

    fn decide(&self, at: &At<'_, Vec<PollEntry>>, ask: &mut dyn Ask) -> Option<PollRecorded> {
        let left = |asked: &PollEntry| at.state.is_none_or(|state| state.left(asked) > 0);
        let open = at.wanted.into_iter().flatten().any(|asked| asked.role == self.role && left(asked));
        ask.ask(GateCode::PollOpen, open, &[("step", &self.step), ("role", &self.role)]);
        let again = at.state.is_some_and(|state| state.has_answered(&self.role, &ask.person()));
        ask.first_time(open && again);
        ask.role(&self.role);
        ask.ready();
        let demanded = self.answer == PollAnswer::NoGo;
        let given = self.comment.as_deref().is_some_and(is_given);
        ask.ask(GateCode::Comment, given || (!demanded && self.comment.is_none()), &[("demanded", &demanded)]);
        let gates = ask.passed()?;
        let (attempt, meaning) = (at.around.attempt(), self.answer.meaning());
        let Self { answer, comment, role: polled, step } = self.clone();
        Some(PollRecorded { answer, attempt, comment, gates, meaning, polled, step })
    }
}

impl Recorded for PollRecorded {
    type Kind = Vec<PollEntry>;
    type Act = Poll;

    fn step(&self) -> &StepId {
        &self.step
    }

    /// One no is a no; when everybody who is asked said go the step is performed.
    fn after(&self, wanted: Option<&Vec<PollEntry>>, state: &mut State, by: &By) -> Vec<Consequence> {
        state.0.entry(self.polled.clone()).or_default().insert(by.person.clone(), self.answer);
        if self.answer == PollAnswer::NoGo {
            let found = format!("{} says no_go: {}", self.polled, self.comment.clone().unwrap_or_default());
            return vec![Consequence::Failed { about: "poll", found }];
        }
        match state.all_say_go(wanted.map_or(&[], Vec::as_slice)) {
            true => vec![Consequence::Performed],
            false => Vec::new(),
        }
    }

    fn act(self) -> Poll {
        Poll { answer: self.answer, comment: self.comment, role: self.polled, step: self.step }
    }
}
