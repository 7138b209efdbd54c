//! Who is at work, folded into the run: sessions, crew, the station's program and roster.

use super::super::Run;
use super::Folding;
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::model::opening::Binding;
use crate::kernel::records::event::SessionRecord;

impl Run {
    pub(super) fn fold_session(&mut self, context: &Folding, found: SessionRecord) {
        let record = context.record;
        match found {
            SessionRecord::SessionOpened(data) => {
                if let Some(station) = &mut self.station {
                    station.present = (data.program.clone(), data.roster.clone());
                }
                self.unlocked(record, data.resumed);
            }
            SessionRecord::ChangeAcknowledged(_) => {
                if let Some(station) = &mut self.station {
                    station.acknowledged.clone_from(&station.present);
                }
            }
            SessionRecord::SessionClosed(_) => {
                self.sessions.remove(&record.actor);
            }
            SessionRecord::CrewBound(data) => {
                self.bind(&data.person, &data.role);
            }
        }
    }

    /// Gives a person a role, and tells whether that is new.
    pub(super) fn bind(&mut self, person: &PersonId, role: &Role) -> bool {
        let binding = Binding { person: person.clone(), role: role.clone() };
        let new = !self.crew.contains(&binding);
        self.crew.extend(new.then_some(binding));
        new
    }

    /// Takes a role from a person; whoever holds no other has no session left.
    pub(super) fn unbind(&mut self, person: &PersonId, role: &Role) {
        self.crew.retain(|b| b.person != *person || b.role != *role);
        if self.roles_of(person).next().is_none() {
            self.sessions.remove(person);
        }
    }
}
