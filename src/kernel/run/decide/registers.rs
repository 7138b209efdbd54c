//! Registering instruments, material and permits.

use super::super::gates::Asking;
use super::super::{Intent, Run};
use super::said;
use crate::kernel::model::gate::GateCode;
use crate::kernel::records::event::{Event, InstrumentRegistered, MaterialRegistered, PermitRegistered};

impl Run {
    pub(super) fn register_instrument(&self, ask: &mut Asking, intent: &Intent) -> Option<Event> {
        let Intent::RegisterInstrument { cal_due, instrument, name, quantities, range } = intent else { return None };
        ask.working();
        ask.any_role();
        ask.ask(GateCode::InstrumentFree, !self.instruments.contains_key(instrument), &[("instrument", instrument)]);
        ask.ask(GateCode::Comment, said(name), &[("name", name)]);
        let units = &self.plan.pack.units;
        let mut quantities = quantities.clone();
        if let Some(range) = range {
            let unit = units.iter().find(|u| u.id == range.unit);
            quantities.extend(unit.map(|u| u.quantity.clone()));
            let known = unit.is_some() && range.min <= range.max;
            ask.ask(GateCode::EntryForm, known, &[("unit", &range.unit)]);
        }
        let known = quantities.iter().all(|q| units.iter().any(|u| u.quantity == *q));
        let said_what = !quantities.is_empty() || units.is_empty();
        let words = quantities.iter().map(crate::kernel::model::name::Identifier::as_str).collect::<Vec<_>>().join(" ");
        ask.ask(GateCode::InstrumentQuantity, known && said_what, &[("measures", &words)]);
        let gates = ask.passed()?;
        let (instrument, name, range) = (instrument.clone(), name.clone(), range.clone());
        Some(InstrumentRegistered { cal_due: *cal_due, gates, instrument, name, quantities, range }.into())
    }

    pub(super) fn register_material(&self, ask: &mut Asking, intent: &Intent) -> Option<Event> {
        let Intent::RegisterMaterial { expires, material, name, quantity } = intent else { return None };
        ask.working();
        ask.any_role();
        ask.ask(GateCode::MaterialFree, !self.materials.contains_key(material), &[("material", material)]);
        let worded = said(name) && quantity.as_deref().is_none_or(said);
        ask.ask(GateCode::Comment, worded, &[("name", name)]);
        let gates = ask.passed()?;
        let (material, name, quantity) = (material.clone(), name.clone(), quantity.clone());
        Some(MaterialRegistered { expires: *expires, gates, material, name, quantity }.into())
    }

    /// A permit may be registered again: a renewed one takes the place of the one before.
    pub(super) fn register_permit(&self, ask: &mut Asking, intent: &Intent) -> Option<Event> {
        let Intent::RegisterPermit { number, permit, valid_from, valid_until } = intent else { return None };
        ask.working();
        ask.any_role();
        let known = self.plan.procedure.permits.iter().any(|p| p.id == *permit) && valid_from < valid_until;
        ask.ask(GateCode::KnownPermit, known, &[("permit", permit)]);
        ask.ask(GateCode::Comment, said(number), &[("number", number)]);
        let gates = ask.passed()?;
        let (number, permit) = (number.clone(), permit.clone());
        Some(PermitRegistered { gates, number, permit, valid_from: *valid_from, valid_until: *valid_until }.into())
    }
}
