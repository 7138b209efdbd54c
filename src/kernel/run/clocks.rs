//! How much time passed: asked of both clocks, and proven only where nothing came between them (FORMAT.md §4, clock).

use super::{Attempt, Run, StepState};
use crate::kernel::documents::clock::{WrongClock, clock_is_wrong};
use crate::kernel::documents::step::{Step, StepType};
use crate::kernel::model::deviation::Trigger;
use crate::kernel::model::time::{Moment, Now, Timestamp};
use crate::kernel::model::timing::{Lapse, StepClock};
use crate::kernel::records::record::Record;
use std::collections::BTreeSet;

/// What a run knows of the clocks of its station.
#[derive(Clone, Debug, Default)]
pub(super) struct Clocks {
    /// Since when the machine was not started again and the wall clock was not set.
    unbroken: Option<Moment>,
    /// Every start of the machine that the journal names.
    boots: BTreeSet<String>,
    /// By how much the wall clock stepped, while that is not recorded.
    pub(super) step: Option<i64>,
    /// Recorded steps of the wall clock, in milliseconds.
    pub(super) steps: Vec<i64>,
    /// The most by which the wall clock stood lower after a start of the machine, in milliseconds.
    pub(super) sank_ms: i64,
    /// Whether a pause cannot be measured.
    pub(super) pause_unproven: bool,
}

/// How much time passed, on each clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed {
    /// Milliseconds of the wall clock; negative when it was set back.
    pub wall_ms: i64,
    /// Milliseconds of the monotonic clock; none where the machine was started again.
    pub mono_ms: Option<i64>,
    /// Whether both clocks ran on together: one start of the machine, and no step of the wall clock.
    pub proven: bool,
}

impl Elapsed {
    /// Tells whether every clock that can be asked says that so many milliseconds are over.
    #[must_use]
    pub fn is_over(&self, millis: i64) -> bool {
        self.wall_ms >= millis && self.mono_ms.is_none_or(|mono| mono >= millis)
    }

    /// Tells whether it is proven that so many milliseconds are not over.
    #[must_use]
    pub fn is_within(&self, millis: i64) -> bool {
        self.proven && self.wall_ms < millis && self.mono_ms.is_some_and(|mono| mono < millis)
    }

    /// Returns the milliseconds until every clock that can be asked says that it is over.
    #[must_use]
    pub fn left(&self, millis: i64) -> i64 {
        (millis - self.wall_ms).max(self.mono_ms.map_or(0, |mono| millis - mono)).max(0)
    }

    /// Returns the longer of the two lengths.
    #[must_use]
    pub fn longest(&self) -> i64 {
        self.wall_ms.max(self.mono_ms.unwrap_or(0)).max(0)
    }

    /// Returns what the monotonic clock says, as a gate and a report write it.
    #[must_use]
    pub fn mono_words(&self) -> String {
        self.mono_ms.map_or("unknown".to_owned(), |mono| mono.to_string())
    }

    /// Returns what both clocks say, as the finding of a deviation.
    pub(super) fn words(&self) -> String {
        let seconds = |millis: i64| format!("{} s", millis / 1000);
        let mono = self.mono_ms.map_or("unknown, the machine was started again".to_owned(), seconds);
        format!("wall clock {}, monotonic clock {mono}", seconds(self.wall_ms))
    }
}

/// A length of time that must pass before an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Least {
    /// `min_wait` of a step.
    Wait,
    /// `min_separation` between performing and verifying.
    Separation,
    /// The notice of a witness.
    Notice,
}

impl Least {
    /// Returns the word of the language; a deviation is about it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Wait => "min_wait",
            Self::Separation => "min_separation",
            Self::Notice => "notice",
        }
    }
}

/// How far a least time at a step has passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waited {
    /// Which one.
    pub least: Least,
    /// How long it must be, in milliseconds.
    pub millis: i64,
    /// What passed since it began.
    pub whole: Elapsed,
    /// What passed of it since the clocks run on unbroken.
    pub fresh: Elapsed,
    /// Whether a deviation lets the unproven time count.
    pub accepted: bool,
}

impl Waited {
    /// Tells whether it is over: proven, or written down as unproven and over by every clock that can be asked.
    #[must_use]
    pub fn is_over(&self) -> bool {
        (self.fresh.proven && self.fresh.is_over(self.millis)) || (self.accepted && self.whole.is_over(self.millis))
    }

    /// Tells whether no clock will prove it as it began: it is waited again, or written down.
    #[must_use]
    pub fn is_unproven(&self) -> bool {
        !self.accepted && !self.whole.proven && !self.is_over()
    }

    /// Returns the milliseconds that are left.
    #[must_use]
    pub fn left(&self) -> i64 {
        let again = if self.fresh.proven { self.fresh.left(self.millis) } else { self.millis };
        match self.accepted {
            true => again.min(self.whole.left(self.millis)),
            false => again,
        }
    }
}

/// A least time that runs: which, since when, how long, and on which clock.
struct Running<'a> {
    least: Least,
    since: &'a Moment,
    lapse: &'a Lapse,
    clock: StepClock,
}

impl Run {
    /// Returns how much time passed from a recorded moment to another one.
    #[must_use]
    pub fn passed(&self, since: &Moment, now: &Now) -> Elapsed {
        let same = since.clocks.boot == now.boot;
        let unbroken = self.clocks.unbroken.as_ref().is_some_and(|u| since.seq >= u.seq);
        let steady = self.last.as_ref().is_none_or(|last| self.step_between(last, now).is_none());
        Elapsed {
            wall_ms: now.time.since(since.time()),
            mono_ms: same.then(|| now.mono_ms - since.clocks.mono_ms),
            proven: same && unbroken && steady,
        }
    }

    /// The same on the clock of a step: a labour clock does not count the time in which the run stood.
    pub(super) fn passed_on(&self, clock: StepClock, since: &Moment, now: &Now) -> Elapsed {
        let mut passed = self.passed(since, now);
        if clock == StepClock::Process {
            return passed;
        }
        for (from, until) in self.stood.iter().filter_map(|pause| pause.after(since)) {
            let until = until.map_or(now, |moment| &moment.clocks);
            passed.wall_ms -= until.time.since(from.time());
            passed.mono_ms = passed.mono_ms.map(|mono| mono - (until.mono_ms - from.clocks.mono_ms));
        }
        passed
    }

    /// Returns by how much the wall clock moved against the monotonic one; a wall clock that sinks was set.
    fn step_between(&self, from: &Now, to: &Now) -> Option<i64> {
        let wall = to.time.since(from.time);
        let step = wall - (to.mono_ms - from.mono_ms);
        let moved = step.abs() > self.plan.policy.clock.max_step.millis() || wall < 0;
        (from.boot == to.boot && moved).then_some(step)
    }

    /// Notices what the clocks of a record say against those of the one before it.
    pub(super) fn notice_clocks(&mut self, record: &Record) {
        let now = record.now();
        let step = self.last.as_ref().and_then(|last| self.step_between(last, &now));
        let restarted = self.last.as_ref().is_some_and(|last| last.boot != now.boot);
        if let Some(last) = self.last.as_ref().filter(|_| restarted) {
            self.clocks.sank_ms = self.clocks.sank_ms.max(last.time.since(now.time));
        }
        self.clocks.step = step.or(self.clocks.step);
        if step.is_some() || restarted || self.clocks.unbroken.is_none() {
            self.clocks.boots.insert(now.boot.clone());
            self.clocks.unbroken = Some(Moment { seq: record.seq, clocks: now });
        }
    }

    /// Returns why a clock of the station is plainly wrong, the last record taken into account.
    #[must_use]
    pub fn clock_is_wrong(&self, says: Timestamp) -> Option<WrongClock> {
        let step = self.plan.policy.clock.max_step.millis();
        let last = self.last.as_ref().map(|last| Timestamp::from_millis(last.time.millis() - step));
        clock_is_wrong(says, Some(&self.roster), Some(self.plan.manifest.locked_at), last)
    }

    /// Returns what the clocks of the station say in the terms of this record.
    ///
    /// A monotonic clock that sinks inside a start of the machine stands still until it has caught up. A start that
    /// comes back after another one (the run was on another machine meanwhile, or the system did not show which start
    /// it is) counts as a new one: nothing that its monotonic clock says reaches across the other.
    #[must_use]
    pub fn clocks_of(&self, station: Now) -> Now {
        let Some(last) = &self.last else { return station };
        if is_named_after(&last.boot, &station.boot) {
            return Now { mono_ms: station.mono_ms.max(last.mono_ms), boot: last.boot.clone(), ..station };
        }
        let again = (2u64..).map(|time| format!("{}#{time}", station.boot));
        let mut names = std::iter::once(station.boot.clone()).chain(again);
        let boot = names.find(|name| !self.knows_boot(name)).unwrap_or_default();
        Now { boot, ..station }
    }

    /// Tells whether the journal names a start of the machine.
    pub(super) fn knows_boot(&self, boot: &str) -> bool {
        self.clocks.boots.contains(boot)
    }

    /// Returns how far the least time of a step has passed; none where nothing runs.
    #[must_use]
    pub fn waited(&self, step: &Step, now: &Now) -> Option<Waited> {
        let attempt = self.steps.get(&step.id)?.current()?;
        let running = least_of(step, attempt)?;
        let accepted = attempt.accepts(Trigger::TimeUnproven, Some(running.least.word()));
        Some(Waited {
            least: running.least,
            millis: self.millis(running.lapse),
            whole: self.passed_on(running.clock, running.since, now),
            fresh: self.passed_on(running.clock, self.unbroken_since(running.since), now),
            accepted,
        })
    }

    /// Returns what the wall clock says when the least time of a step is over, as far as the record can tell.
    #[must_use]
    pub fn ready_at(&self, step: &Step) -> Option<Timestamp> {
        let attempt = self.steps.get(&step.id)?.current()?;
        let running = least_of(step, attempt)?;
        let accepted = attempt.accepts(Trigger::TimeUnproven, Some(running.least.word()));
        let since = if accepted { running.since } else { self.unbroken_since(running.since) };
        let millis = self.millis(running.lapse);
        // A labour clock that stands has no end yet: until work goes on, nobody performs, and the earliest is shown.
        let earliest = Timestamp::from_millis(since.time().millis() + millis);
        Some(running.clock.reaches(since, millis, &self.stood).unwrap_or(earliest))
    }

    fn unbroken_since<'a>(&'a self, since: &'a Moment) -> &'a Moment {
        self.clocks.unbroken.as_ref().filter(|unbroken| unbroken.seq > since.seq).unwrap_or(since)
    }

    /// Returns what the package asks of the least time of a step, in words.
    pub(super) fn least_words(&self, step: &Step) -> Option<String> {
        let attempt = self.steps.get(&step.id)?.current()?;
        let running = least_of(step, attempt)?;
        Some(format!("{} of {}", running.least.word(), running.lapse.words(&self.plan.manifest.parameters)))
    }

    /// Tells whether a step waits for a least time that no clock proves.
    #[must_use]
    pub fn waits_unproven(&self, step: &Step, now: &Now) -> bool {
        let waits = self.steps.get(&step.id).is_some_and(|s| !s.state.is_terminal() && s.state != StepState::Open);
        waits && self.waited(step, now).is_some_and(|waited| waited.is_unproven())
    }
}

/// Tells whether a name in the record stands for a start of the machine: its own, or the one of a later coming.
fn is_named_after(name: &str, boot: &str) -> bool {
    let later = |rest: &str| rest.strip_prefix('#').is_some_and(|time| time.parse::<u64>().is_ok());
    name.strip_prefix(boot).is_some_and(|rest| rest.is_empty() || later(rest))
}

/// Returns the least time that runs at a step: the notice of a witness, the separation once it is performed, the wait.
fn least_of<'a>(step: &'a Step, attempt: &'a Attempt) -> Option<Running<'a>> {
    let clock = StepClock::Process;
    if step.kind == StepType::Witness {
        let (since, lapse) = (attempt.work.witness.notified.as_ref()?, &step.witness.as_ref()?.notice);
        return Some(Running { least: Least::Notice, since, lapse, clock });
    }
    if let (Some(performed), Some(verification)) = (&attempt.performed, &step.verification) {
        let lapse = verification.min_separation.as_ref()?;
        return Some(Running { least: Least::Separation, since: &performed.at, lapse, clock });
    }
    let timing = step.timing.as_ref()?;
    let (since, lapse) = (attempt.started.as_ref()?, timing.min_wait.as_ref()?);
    Some(Running { least: Least::Wait, since, lapse, clock: timing.clock })
}
