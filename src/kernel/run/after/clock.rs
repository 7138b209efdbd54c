//! Watches and limits of time, folded into the run.

use super::super::{Elapsed, Run};
use super::Folding;
use crate::kernel::model::deviation::Trigger;
use crate::kernel::model::input::EntryVerdict;
use crate::kernel::model::name::Variable;
use crate::kernel::model::time::Now;
use crate::kernel::model::timing::TimeLimit;
use crate::kernel::records::event::{TimerExpired, WatchObserved};

impl Run {
    pub(super) fn watch_observed(&mut self, context: &Folding, data: &WatchObserved) {
        if data.verdict == EntryVerdict::Implausible {
            return;
        }
        let unproven = self.unproven_watch(&data.watch, &context.record.now());
        if let Some((requirement, passed)) = unproven {
            self.pend(context.departure(Trigger::TimeUnproven, requirement, passed.words()).about(&data.watch));
        }
        if let Some(known) = self.watches.get_mut(&data.watch) {
            known.observed = Some(context.record.moment());
            known.value = Some(data.value.clone());
            known.overdue = false;
        }
        let trigger = match data.verdict {
            EntryVerdict::Out | EntryVerdict::ConditionalFail => Trigger::OutOfLimit,
            EntryVerdict::Fail => Trigger::CheckFailed,
            _ => return,
        };
        let requirement = self.requirement_of_watch(&data.watch);
        self.pend(context.departure(trigger, requirement, &data.value).about(&data.watch));
    }

    /// Returns what was asked of a watch and what passed, where no clock proves that it was observed in time.
    fn unproven_watch(&self, id: &Variable, now: &Now) -> Option<(String, Elapsed)> {
        let watch = self.plan.procedure.watch(id).filter(|_| !self.watches[id].overdue)?;
        let passed = self.passed(self.watch_since(watch)?, now);
        let every = watch.every.words(&self.plan.manifest.parameters);
        (!passed.is_within(self.millis(&watch.every))).then(|| (format!("every {every}: {}", watch.text), passed))
    }

    /// Returns what the package asks of a watch, in words.
    fn requirement_of_watch(&self, id: &Variable) -> String {
        let Some(watch) = self.plan.procedure.watch(id) else { return String::new() };
        let range = watch.input.as_ref().and_then(|i| self.range_words(i));
        range.map_or_else(|| watch.text.clone(), |range| format!("{}: {range}", watch.text))
    }

    pub(super) fn timer_expired(&mut self, context: &Folding, data: &TimerExpired) {
        let found = format!("ran out {}", data.due);
        if let Some(watch) = &data.watch {
            if let Some(known) = self.watches.get_mut(watch) {
                known.overdue = true;
            }
            let requirement = self.requirement_of_watch(watch);
            return self.pend(context.departure(Trigger::TimeLimitMissed, requirement, found).about(watch));
        }
        let Some(step) = &data.step else { return };
        let timing = self.authored(step).and_then(|s| s.timing.clone()).unwrap_or_default();
        if let Some(known) = self.steps.get_mut(step) {
            known.expired.insert(data.limit);
        }
        let (about, lapse) = match data.limit {
            TimeLimit::Deadline => ("deadline", timing.deadline.map(|d| d.within)),
            _ => ("max_duration", timing.max_duration),
        };
        let lapse = lapse.map(|l| l.words(&self.plan.manifest.parameters)).unwrap_or_default();
        let requirement = format!("within {lapse}; if missed: {}", timing.if_missed.unwrap_or_default());
        self.pend(context.departure(Trigger::TimeLimitMissed, requirement, found).at(step).about(about));
    }
}
