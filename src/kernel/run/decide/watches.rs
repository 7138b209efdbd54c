//! Observing watches.

use super::super::gates::Asking;
use super::super::{Intent, Run};
use crate::kernel::documents::watch::Watch;
use crate::kernel::model::gate::GateCode;
use crate::kernel::model::input::EntryVerdict;
use crate::kernel::model::name::StepId;
use crate::kernel::records::event::{Event, WatchObserved};

impl Run {
    pub(super) fn observe(&self, ask: &mut Asking, intent: &Intent) -> Option<Event> {
        let Intent::Observe { ok, raw, watch: id } = intent else { return None };
        ask.phase(GateCode::RunRunning, matches!(self.phase, super::super::Phase::Running) || self.phase.is_standing());
        let watch = self.running_watches().map(|(watch, _)| watch).find(|w| w.id == *id);
        ask.ask(GateCode::KnownWatch, watch.is_some(), &[("watch", id)]);
        ask.any_role();
        let pending = self.pending.iter().filter(|p| p.step.is_none() && p.about.as_deref() == Some(id.as_str()));
        let pending: Vec<_> = pending.map(|p| p.trigger.word()).collect();
        ask.ask(GateCode::DeviationFiled, pending.is_empty(), &[("watch", id), ("pending", &pending.join(" "))]);
        let seen = self.seen(watch?, *ok, raw.as_deref());
        let fault = seen.as_ref().err().cloned().unwrap_or_default();
        ask.ask(GateCode::EntryForm, seen.is_ok(), &[("watch", id), ("fault", &fault)]);
        let gates = ask.passed()?;
        let (raw, value, verdict) = seen.ok()?;
        let unit = watch?.input.as_ref().and_then(|i| i.unit.clone());
        Some(WatchObserved { gates, raw, unit, value, verdict, watch: id.clone() }.into())
    }

    /// Reads what was observed: a value held against limits, or a plain yes or no.
    fn seen(
        &self,
        watch: &Watch,
        ok: Option<bool>,
        raw: Option<&str>,
    ) -> Result<(String, String, EntryVerdict), String> {
        match (&watch.input, ok, raw) {
            (Some(input), None, Some(raw)) => {
                let (value, verdict) = self.plan.judge(input, raw, None, &|_| true).map_err(|e| e.0)?;
                Ok((raw.to_owned(), value, verdict))
            }
            (None, Some(ok), None) => {
                let verdict = if ok { EntryVerdict::Pass } else { EntryVerdict::Fail };
                Ok((ok.to_string(), ok.to_string(), verdict))
            }
            (Some(_), ..) => Err("give the reading".into()),
            (None, ..) => Err("say whether it is so".into()),
        }
    }

    /// A watch that ends with a step was observed, and not too long ago, before that step is begun.
    pub(super) fn watched(&self, ask: &mut Asking, id: &StepId) {
        self.none_unseen(ask, &|watch: &Watch| watch.until.as_ref() == Some(id));
    }

    /// The record is not closed over a watch that nobody looked at: those without an end run until now.
    pub(super) fn all_watched(&self, ask: &mut Asking) {
        if !self.plan.procedure.watches.is_empty() {
            self.none_unseen(ask, &|_| true);
        }
    }

    fn none_unseen(&self, ask: &mut Asking, which: &dyn Fn(&Watch) -> bool) {
        let now = ask.now;
        let in_time = |watch: &Watch| {
            let observed = self.watches[&watch.id].observed.as_ref();
            observed.is_some_and(|since| self.passed(since, now).is_within(self.millis(&watch.every)))
        };
        let unseen = |watch: &Watch| !in_time(watch) || self.watches[&watch.id].overdue;
        let running = self.running_watches().filter(|(w, _)| which(w));
        let left: Vec<_> = running.filter(|(w, _)| unseen(w)).map(|(w, _)| w.id.as_str()).collect();
        ask.ask(GateCode::Watched, left.is_empty(), &[("watches", &left.join(" "))]);
    }
}
