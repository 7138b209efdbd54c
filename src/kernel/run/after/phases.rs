//! Pausing, stopping, aborting and closing, folded into the run.

use super::super::change::Station;
use super::super::{Closed, Phase, Run, StepState, Turnover};
use super::Folding;
use crate::kernel::documents::procedure::SectionKind;
use crate::kernel::documents::step::OnInterruption;
use crate::kernel::model::deviation::Trigger;
use crate::kernel::model::time::Moment;
use crate::kernel::model::timing::Standstill;
use crate::kernel::records::event::RunRecord;
use crate::kernel::records::record::Record;

impl Run {
    pub(super) fn unlocked(&mut self, record: &Record, resumed: bool) {
        if resumed {
            if let (Some(last), false) = (&self.last, self.sessions.is_empty()) {
                let since = Moment { seq: self.seq, clocks: last.clone() };
                self.interruption = Some((since, record.time.since(last.time)));
            }
            self.sessions.clear();
        }
        self.sessions.insert(record.actor.clone());
    }

    pub(super) fn fold_phase(&mut self, context: &Folding, found: RunRecord) {
        let record = context.record;
        match found {
            RunRecord::RunOpened(data) => {
                self.crew.clone_from(&data.crew);
                self.sessions.insert(record.actor.clone());
                self.phase = Phase::Running;
                let known = (data.program.clone(), None);
                self.station = Some(Station { acknowledged: known.clone(), present: known });
                self.opened = Some((data.clone(), record.moment()));
                if let Some(by) = data.superseded_by {
                    let requirement = format!("the revision in force, {by}");
                    let found = format!("revision {}, which it supersedes", self.plan.manifest.revision);
                    let departure = context.departure(Trigger::SupersededPackage, requirement, found);
                    self.pend(departure.about("package"));
                }
            }
            RunRecord::RunPaused(_) => self.stand(Phase::Paused, record),
            RunRecord::StopCalled(_) => self.stand(Phase::Stopped, record),
            RunRecord::RunInterrupted(_) => {
                self.cut_short();
                let interrupted = self.interruption.take().filter(|_| self.phase == Phase::Running);
                if let Some((since, _)) = interrupted {
                    self.phase = Phase::Interrupted;
                    self.standing_since = Some(since.clone());
                    self.stood.push(Standstill { from: since, until: None });
                }
            }
            RunRecord::RunResumed(data) => {
                self.goes_on(record, data.paused_ms);
                if let Some(turnover) = self.turnover.take() {
                    if turnover.lent {
                        self.unbind(&turnover.to, &turnover.role);
                    }
                    let found = format!("{} did not accept", turnover.to);
                    let requirement = format!("{} takes over as {}", turnover.to, turnover.role);
                    self.pend(context.departure(Trigger::TurnoverIncomplete, requirement, found).about("turnover"));
                }
            }
            RunRecord::TurnoverGiven(data) => {
                self.stand(Phase::Paused, record);
                let (from, to, role) = (record.actor.clone(), data.to.clone(), data.handed.clone());
                let lent = self.bind(&to, &role);
                let remarks = data.remarks.clone();
                self.turnover = Some(Turnover { from, to, role, lent, remarks, record: context.digest });
            }
            RunRecord::TurnoverAccepted(data) => {
                if let Some(turnover) = self.turnover.take() {
                    self.unbind(&turnover.from, &turnover.role);
                }
                self.goes_on(record, data.paused_ms);
            }
            RunRecord::RunAborting(data) => {
                self.phase = Phase::Aborting;
                self.moves(record);
                self.turnover = None;
                let trigger = if data.emergency { Trigger::EmergencyDeparture } else { Trigger::Abort };
                let requirement = format!("complete the procedure; safe state: {}", self.plan.procedure.safe_state);
                self.pend(context.departure(trigger, requirement, &data.reason));
            }
            RunRecord::SafeStateConfirmed(_) => self.safe_state_confirmed = true,
            RunRecord::RunAborted(_) => {
                self.aborted = true;
                self.phase = Phase::Aborted;
            }
            RunRecord::RunClosed(_) => {
                self.phase = Phase::Closed;
                self.closed = Some(Closed { by: record.actor.clone(), at: record.time });
            }
        }
    }

    /// What was being worked on and must not go on in the middle begins anew.
    fn cut_short(&mut self) {
        let steps = self.plan.procedure.steps().filter(|step| step.on_interruption == OnInterruption::Restart);
        for step in steps {
            if let Some(known) = self.steps.get_mut(&step.id) {
                known.cut = known.state == StepState::Active;
            }
        }
    }

    pub(super) fn stand(&mut self, phase: Phase, record: &Record) {
        self.phase = phase;
        if self.standing_since.is_none() {
            self.standing_since = Some(record.moment());
            self.stood.push(Standstill { from: record.moment(), until: None });
        }
    }

    /// The run stands still no longer.
    fn moves(&mut self, record: &Record) {
        self.standing_since = None;
        for open in self.stood.iter_mut().filter(|s| s.until.is_none()) {
            open.until = Some(record.moment());
        }
    }

    /// Work goes on; after a long standstill the prerequisites are confirmed again.
    fn goes_on(&mut self, record: &Record, paused_ms: i64) {
        let unproven = self.standing_since.as_ref().is_some_and(|since| !self.passed(since, &record.now()).proven);
        self.phase = Phase::Running;
        self.moves(record);
        self.longest_pause_ms = self.longest_pause_ms.max(paused_ms);
        self.clocks.pause_unproven |= unproven;
        if self.plan.policy.reconfirm_after.is_none_or(|limit| paused_ms < limit.millis() && !unproven) {
            return;
        }
        let sections = self.plan.procedure.sections.iter().filter(|s| s.kind == SectionKind::Prerequisites);
        for step in sections.flat_map(|s| &s.steps) {
            if let Some(known) = self.steps.get_mut(&step.id).filter(|k| k.state == StepState::Complete) {
                let gap = std::time::Duration::from_millis(u64::try_from(paused_ms).unwrap_or(0) / 1000 * 1000);
                known.reconfirm = Some(format!("the run stood for {}", humantime::format_duration(gap)));
            }
        }
    }
}
