//! Opening the run, sessions, crew and instruments.

use super::super::gates::Asking;
use super::super::{Intent, Phase, Run};
use super::said;
use crate::kernel::documents::procedure::RunFieldType;
use crate::kernel::model::deviation::Outcome;
use crate::kernel::model::gate::GateCode;
use crate::kernel::model::name::{PersonId, Role, Variable};
use crate::kernel::model::opening::{Binding, LockReason};
use crate::kernel::policy;
use crate::kernel::records::event::{CrewBound, Event, RunOpened, SessionClosed, SessionOpened};
use std::collections::BTreeMap;

impl Run {
    pub(super) fn open(&self, ask: &mut Asking, intent: &Intent) -> Option<Event> {
        let Intent::Open { clock, crew, fields, mode, offset, previous_run, program, roster, superseded_by } = intent
        else {
            return None;
        };
        let performer: Role = "performer".parse().ok()?;
        let manifest = &self.plan.manifest;
        ask.phase(GateCode::RunOpen, self.phase == Phase::Draft);
        let time = ask.now.time;
        let valid = manifest.expires.is_none_or(|until| time < until)
            && !self.roster.revoked_packages.contains(&self.plan.digest);
        let passes = superseded_by.is_none() || policy::superseded(&self.plan.policy) != Outcome::Block;
        let by = superseded_by.map_or("none".to_owned(), |digest| digest.to_string());
        let inputs: [(&str, &dyn std::fmt::Display); 2] = [("package", &self.plan.digest), ("superseded_by", &by)];
        ask.ask(GateCode::PackageValid, valid && passes, &inputs);
        ask.ask(GateCode::RosterInForce, self.roster.in_force(time), &[("serial", &self.roster.serial)]);
        let wrong = self.wrong_fields(fields);
        ask.ask(GateCode::RunFields, wrong.is_empty(), &[("fields", &wrong.join(" "))]);
        let opener = Binding { person: ask.who.person.clone(), role: performer.clone() };
        let mut bound = vec![opener];
        for binding in crew {
            // Whoever is named twice is bound once, wherever the second name stands.
            if !bound.contains(binding) {
                bound.push(binding.clone());
            }
        }
        for binding in &bound {
            let held = self.roster.person(&binding.person).is_some_and(|p| p.holds(&binding.role, time));
            ask.ask(GateCode::RoleHeld, held, &[("person", &binding.person), ("role", &binding.role)]);
            if binding.person != ask.who.person {
                ask.able(&binding.person);
            }
        }
        ask.role = Some(performer);
        let gates = ask.passed()?;
        Some(
            RunOpened {
                clock: *clock,
                crew: bound,
                fields: fields.clone(),
                gates,
                mode: *mode,
                offset: offset.clone(),
                package: self.plan.digest,
                pack: manifest.pack.sha256,
                parameters: manifest.parameters.clone(),
                policy: manifest.policy.sha256,
                previous_run: previous_run.clone(),
                program: program.clone(),
                roster: *roster,
                roster_serial: self.roster.serial,
                superseded_by: *superseded_by,
            }
            .into(),
        )
    }

    fn wrong_fields(&self, fields: &BTreeMap<Variable, String>) -> Vec<String> {
        let asked = &self.plan.procedure.run_fields;
        let missing = asked.iter().filter(|f| f.required && !fields.contains_key(&f.id)).map(|f| f.id.to_string());
        let wrong = fields.iter().filter(|(id, text)| {
            !asked.iter().any(|f| {
                f.id == **id
                    && (f.kind == RunFieldType::Text || text.parse::<crate::kernel::model::name::Tag>().is_ok())
            }) || !said(text)
        });
        missing.chain(wrong.map(|(id, _)| id.to_string())).collect()
    }

    pub(super) fn unlock(&self, ask: &mut Asking, intent: &Intent) -> Option<Event> {
        let Intent::Unlock { key, program, resumed, roster } = intent else { return None };
        ask.open();
        // In another start of the machine whoever comes first takes the run up, whatever the program knows of it.
        let resumed = *resumed || self.last.as_ref().is_some_and(|last| last.boot != ask.now.boot);
        let open = self.sessions.contains(&ask.who.person) && !resumed;
        ask.ask(GateCode::SessionClosed, !open, &[("person", &ask.who.person)]);
        ask.ask(GateCode::KnownPerson, *key == ask.who.key, &[("key", key)]);
        ask.any_role();
        let gates = ask.passed()?;
        let (program, roster) = (program.clone(), roster.clone());
        Some(SessionOpened { gates, key: *key, program, resumed, roster }.into())
    }

    pub(super) fn lock_session(&self, ask: &mut Asking, reason: LockReason) -> Option<Event> {
        ask.open();
        ask.passed()?;
        Some(SessionClosed { reason }.into())
    }

    pub(super) fn bind_crew(&self, ask: &mut Asking, person: &PersonId, role: &Role) -> Option<Event> {
        ask.open();
        ask.any_role();
        let held = self.roster.person(person).is_some_and(|p| p.holds(role, ask.now.time));
        ask.ask(GateCode::RoleHeld, held, &[("person", person), ("role", role)]);
        ask.able(person);
        let gates = ask.passed()?;
        Some(CrewBound { gates, person: person.clone(), role: role.clone() }.into())
    }
}
