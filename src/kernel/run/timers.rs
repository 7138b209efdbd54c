//! What falls due by the clock: limits of steps, watches, least waits.
//!
//! A timer runs from the record that starts it, so nothing is written when it starts; only its end is a record.

use super::{Phase, Run, StepState};
use crate::kernel::model::event::{BySystem, Event, TimerExpired};
use crate::kernel::model::name::Variable;
use crate::kernel::model::step::{Step, StepType};
use crate::kernel::model::time::Timestamp;
use crate::kernel::model::timing::{Lapse, TimeLimit};
use crate::kernel::model::watch::Watch;
use std::collections::BTreeMap;

/// What a run knows of a watch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchRun {
    /// When it was last observed.
    pub observed: Option<Timestamp>,
    /// The last reading.
    pub value: Option<String>,
    /// Whether its time ran out since it was last observed.
    pub overdue: bool,
}

impl Run {
    /// Returns the limit of time that ran out first and is not recorded yet.
    #[must_use]
    pub fn elapsed(&self, now: Timestamp) -> Option<Event> {
        if !matches!(self.phase, Phase::Running) && !self.phase.is_standing() {
            return None;
        }
        let steps = self.plan.procedure.steps().flat_map(|step| self.limits_of(step));
        let steps = steps.map(|(limit, step, due)| (due, limit, Some(step.id.clone()), None));
        let watches = self.running_watches().filter(|(watch, _)| !self.watches[&watch.id].overdue);
        let watches = watches.map(|(watch, due)| (due, TimeLimit::Watch, None, Some(watch.id.clone())));
        let (due, limit, step, watch) = steps.chain(watches).filter(|(due, ..)| *due <= now).min()?;
        Some(TimerExpired { by: BySystem::System, due, limit, step, watch }.into())
    }

    /// Returns the limits that run at a step and did not run out yet.
    fn limits_of<'a>(&'a self, step: &'a Step) -> Vec<(TimeLimit, &'a Step, Timestamp)> {
        let limits = [TimeLimit::MaxDuration, TimeLimit::Deadline];
        let open = |limit: &TimeLimit| !self.steps[&step.id].expired.contains(limit);
        limits.into_iter().filter(open).filter_map(|l| Some((l, step, self.limit_at(step, l)?))).collect()
    }

    /// Returns when a limit of a step is reached, while it runs.
    #[must_use]
    pub fn limit_at(&self, step: &Step, limit: TimeLimit) -> Option<Timestamp> {
        let timing = step.timing.as_ref()?;
        let known = &self.steps[&step.id];
        if known.exit.is_some() || !matches!(known.state, StepState::Open | StepState::Active) {
            return None;
        }
        let (from, lapse) = match limit {
            TimeLimit::MaxDuration if known.state == StepState::Active => {
                (known.current()?.started?, timing.max_duration.as_ref()?)
            }
            TimeLimit::Deadline if self.excluded(step).is_none() => {
                let deadline = timing.deadline.as_ref()?;
                (self.steps.get(&deadline.after)?.current()?.performed.as_ref()?.at, &deadline.within)
            }
            _ => return None,
        };
        timing.clock.reaches(from, self.millis(lapse), &self.stood)
    }

    /// Returns the moment before which a step cannot be performed.
    #[must_use]
    pub fn ready_at(&self, step: &Step) -> Option<Timestamp> {
        let attempt = self.steps.get(&step.id)?.current()?;
        if step.kind == StepType::Witness {
            let notice = step.witness.as_ref()?;
            return Some(after(attempt.notified?, self.millis(&notice.notice)));
        }
        if let (Some(performed), Some(v)) = (&attempt.performed, &step.verification) {
            return Some(after(performed.at, self.millis(v.min_separation.as_ref()?)));
        }
        let timing = step.timing.as_ref()?;
        let (started, wait) = (attempt.started?, self.millis(timing.min_wait.as_ref()?));
        // A labour clock that stands has no end yet: until work goes on, nobody performs, and the earliest is shown.
        Some(timing.clock.reaches(started, wait, &self.stood).unwrap_or_else(|| after(started, wait)))
    }

    /// Returns the watches that run now, and when each must be observed next.
    pub fn running_watches(&self) -> impl Iterator<Item = (&Watch, Timestamp)> {
        self.plan.procedure.watches.iter().filter_map(|watch| Some((watch, self.watch_due(watch)?)))
    }

    fn watch_due(&self, watch: &Watch) -> Option<Timestamp> {
        let ended = watch.until.as_ref().is_some_and(|id| self.is_closed(id));
        let since = match &watch.from {
            None => self.opened.as_ref().map(|(_, at)| *at)?,
            Some(id) => self.steps.get(id)?.attempts.iter().find_map(|a| a.started)?,
        };
        if ended || matches!(self.phase, Phase::Aborting | Phase::Aborted | Phase::Closed) {
            return None;
        }
        let observed = self.watches.get(&watch.id).and_then(|w| w.observed);
        Some(after(observed.unwrap_or(since), self.millis(&watch.every)))
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

fn after(from: Timestamp, millis: i64) -> Timestamp {
    Timestamp::from_millis(from.millis() + millis)
}
