//! What falls due by the clocks: limits of steps, and watches.
//!
//! A timer runs from the record that starts it, so nothing is written when it starts; only its end is a record.

use super::clocks::Elapsed;
use super::{Phase, Run, StepState};
use crate::kernel::documents::step::Step;
use crate::kernel::documents::watch::Watch;
use crate::kernel::model::entry::BySystem;
use crate::kernel::model::name::Variable;
use crate::kernel::model::time::{Moment, Now, Timestamp};
use crate::kernel::model::timing::{Lapse, StepClock, TimeLimit};
use crate::kernel::records::event::{Event, TimerExpired};
use std::collections::BTreeMap;

/// What a run knows of a watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchRun {
    /// When it was last observed.
    pub observed: Option<Moment>,
    /// The last reading.
    pub value: Option<String>,
    /// Whether its time ran out since it was last observed.
    pub overdue: bool,
}

impl Run {
    /// Returns the limit of time that ran out first and is not recorded yet: both clocks say so.
    #[must_use]
    pub fn elapsed(&self, now: &Now) -> Option<Event> {
        if !matches!(self.phase, Phase::Running) && !self.phase.is_standing() {
            return None;
        }
        let steps = self.timed_steps().flat_map(|step| self.open_limits(step));
        let steps = steps.filter(|timer| timer.passed(self, now).is_over(timer.millis)).filter_map(|timer| {
            let due = timer.clock.reaches(timer.since, timer.millis, &self.stood)?;
            Some((due, timer.limit, Some(timer.step.id.clone()), None))
        });
        let watches = self.running_watches().filter(|(watch, _)| !self.watches[&watch.id].overdue);
        let watches = watches.filter(|(watch, _)| {
            self.watch_since(watch).is_some_and(|since| self.passed(since, now).is_over(self.millis(&watch.every)))
        });
        let watches = watches.map(|(watch, due)| (due, TimeLimit::Watch, None, Some(watch.id.clone())));
        let (due, limit, step, watch) = steps.chain(watches).min()?;
        Some(TimerExpired { by: BySystem::System, due, limit, step, watch }.into())
    }

    /// Returns the limits that run at a step and did not run out yet.
    fn open_limits<'a>(&'a self, step: &'a Step) -> impl Iterator<Item = Timer<'a>> {
        let limits = [TimeLimit::MaxDuration, TimeLimit::Deadline].into_iter();
        limits.filter(|limit| !self.steps[&step.id].expired.contains(limit)).filter_map(|l| self.timer(step, l))
    }

    /// Returns the limits of a step of which nobody can say whether they were kept: the clocks do not prove it.
    pub(super) fn unproven_limits<'a>(&'a self, step: &'a Step, now: &Now) -> Vec<(TimeLimit, &'a Lapse, Elapsed)> {
        let open = self.open_limits(step).map(|timer| (timer.passed(self, now), timer));
        let unproven = open.filter(|(passed, timer)| !passed.is_within(timer.millis));
        unproven.map(|(passed, timer)| (timer.limit, timer.lapse, passed)).collect()
    }

    /// Returns when a limit of a step is reached, while it runs.
    #[must_use]
    pub fn limit_at(&self, step: &Step, limit: TimeLimit) -> Option<Timestamp> {
        let timer = self.timer(step, limit)?;
        timer.clock.reaches(timer.since, timer.millis, &self.stood)
    }

    fn timer<'a>(&'a self, step: &'a Step, limit: TimeLimit) -> Option<Timer<'a>> {
        let timing = step.timing.as_ref()?;
        let known = &self.steps[&step.id];
        if known.exit.is_some() || !matches!(known.state, StepState::Open | StepState::Active) {
            return None;
        }
        let (since, lapse) = match limit {
            TimeLimit::MaxDuration if known.state == StepState::Active => {
                (known.current()?.started.as_ref()?, timing.max_duration.as_ref()?)
            }
            TimeLimit::Deadline if self.excluded(step).is_none() => {
                let deadline = timing.deadline.as_ref()?;
                (&self.steps.get(&deadline.after)?.current()?.performed.as_ref()?.at, &deadline.within)
            }
            _ => return None,
        };
        Some(Timer { clock: timing.clock, lapse, limit, millis: self.millis(lapse), since, step })
    }

    /// Returns the watches that run now, and when each must be observed next.
    pub fn running_watches(&self) -> impl Iterator<Item = (&Watch, Timestamp)> {
        self.plan.procedure.watches.iter().filter_map(|watch| Some((watch, self.watch_due(watch)?)))
    }

    fn watch_due(&self, watch: &Watch) -> Option<Timestamp> {
        let since = self.watch_since(watch)?;
        Some(Timestamp::from_millis(since.time().millis() + self.millis(&watch.every)))
    }

    /// Returns when a running watch was last observed, or began.
    pub(super) fn watch_since(&self, watch: &Watch) -> Option<&Moment> {
        let observed = self.watches.get(&watch.id).and_then(|w| w.observed.as_ref());
        // A watch that nobody ever looked at does not end with a step that was left out.
        let ended = observed.is_some() && watch.until.as_ref().is_some_and(|id| self.is_closed(id));
        let since = match &watch.from {
            None => self.opened.as_ref().map(|(_, at)| at)?,
            Some(id) => self.steps.get(id)?.attempts.iter().find_map(|a| a.started.as_ref())?,
        };
        if ended || matches!(self.phase, Phase::Aborting | Phase::Aborted | Phase::Closed) {
            return None;
        }
        Some(observed.unwrap_or(since))
    }

    /// Returns what is known of every watch.
    #[must_use]
    pub fn watches(&self) -> &BTreeMap<Variable, WatchRun> {
        &self.watches
    }

    pub(super) fn millis(&self, lapse: &Lapse) -> i64 {
        lapse.millis(&self.plan.manifest.parameters)
    }
}

/// A limit that runs at a step.
struct Timer<'a> {
    clock: StepClock,
    lapse: &'a Lapse,
    limit: TimeLimit,
    millis: i64,
    since: &'a Moment,
    step: &'a Step,
}

impl Timer<'_> {
    fn passed(&self, run: &Run, now: &Now) -> Elapsed {
        run.passed_on(self.clock, self.since, now)
    }
}
