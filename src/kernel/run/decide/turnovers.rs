//! Handing over and taking over.

use super::super::gates::Asking;
use super::super::{Phase, Run};
use super::said;
use crate::kernel::model::gate::GateCode;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::records::event::{Event, TurnoverAccepted, TurnoverGiven};

impl Run {
    pub(super) fn give_turnover(
        &self,
        ask: &mut Asking,
        remarks: Option<&String>,
        role: &Role,
        to: &PersonId,
    ) -> Option<Event> {
        ask.phase(GateCode::RunRunning, matches!(self.phase, Phase::Running | Phase::Paused));
        ask.role(role);
        let other = *to != ask.who.person && self.turnover.is_none();
        ask.ask(GateCode::Turnover, other, &[("to", to)]);
        let held = self.roster.person(to).is_some_and(|p| p.holds(role, ask.now.time));
        ask.ask(GateCode::RoleHeld, held, &[("person", to), ("role", role)]);
        ask.able(to);
        ask.ask(GateCode::Comment, remarks.is_none_or(|r| said(r)), &[("remarks", &remarks.is_some())]);
        let gates = ask.passed()?;
        Some(
            TurnoverGiven {
                gates,
                meaning: Meaning::TurnoverGiven,
                remarks: remarks.cloned(),
                handed: role.clone(),
                sheet: self.turnover_sheet(),
                to: to.clone(),
            }
            .into(),
        )
    }

    pub(super) fn accept_turnover(&self, ask: &mut Asking) -> Option<Event> {
        ask.phase(GateCode::RunPaused, self.phase.is_standing());
        let mine = self.turnover.as_ref().filter(|t| t.to == ask.who.person);
        ask.ask(GateCode::Turnover, mine.is_some(), &[("person", &ask.who.person)]);
        let turnover = mine?;
        ask.role(&turnover.role);
        let gates = ask.passed()?;
        let paused_ms = self.standing_since.as_ref().map_or(0, |since| self.passed(since, ask.now).longest());
        Some(
            TurnoverAccepted {
                from: turnover.from.clone(),
                gates,
                judges: vec![turnover.record],
                meaning: Meaning::TurnoverAccepted,
                paused_ms,
            }
            .into(),
        )
    }
}
