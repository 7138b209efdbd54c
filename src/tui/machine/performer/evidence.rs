//! Files on their way into the evidence of a run: copied beside the screen, recorded when their bytes are safe.

use super::{Order, Performer};
use crate::kernel::model::evidence::{Captured, Origin};
use crate::kernel::model::name::PersonId;
use crate::session::{Act, Attachment, Bytes, captured};
use crate::store::Progress;
use crate::telling::trouble::Trouble;
use crate::tui::ground::effect::Outcome;
use crate::tui::words::{self, chain};
use std::path::{Path, PathBuf};
use std::sync::Arc;

impl Performer {
    pub(in crate::tui) fn attach(&mut self, person: &PersonId, (to, file): (Attachment, Captured)) {
        let Some(session) = &mut self.session else { return };
        match session.submit(person, Act::Attach(to, Bytes::Stored(Box::new(file))), None) {
            Ok(_) => {
                let run = Arc::new(session.run().clone());
                self.back_recorded(run, "a file was taken in");
            }
            Err(error) => self.refused(&error),
        }
    }

    /// Hashing and copying happen beside the screen; the record is written when the bytes are safe.
    pub(in crate::tui) fn take_in_next(&mut self) {
        let Some(session) = self.session.as_ref().filter(|_| self.capture.is_none()) else { return };
        let Some((person, to, path)) = self.queue.pop_front() else { return };
        let (store, orders, progress) = (session.store(), self.orders.clone(), Progress::default());
        self.capture = Some(progress.clone());
        std::thread::spawn(move || {
            // Nobody listens once the program is leaving.
            let _ = orders.send(match store.put(&path, &progress) {
                Ok(stored) => Order::Stored(person, Box::new((to, captured(stored, Origin::File)))),
                Err(error) => Order::NotStored(path, chain(&error)),
            });
        });
    }

    /// A file could not be taken in: those behind it are not taken in either, and all of them are named.
    pub(in crate::tui) fn not_attached(&mut self, path: &Path, why: String) {
        let rest = self.queue.drain(..).map(|(_, _, path)| path);
        let files: Vec<PathBuf> = std::iter::once(path.to_owned()).chain(rest).collect();
        self.send(Outcome::Refused(None, Trouble::told(why, words::not_attached(&files))));
    }

    /// Puts a captured file back, byte for byte.
    pub(in crate::tui) fn reattach(&mut self, path: &Path) {
        self.in_session(|session| match session.reattach(path, &Progress::default()) {
            Ok(back) => Outcome::Recorded(Arc::new(session.run().clone()), back.to_string().into()),
            Err(error) => Outcome::Refused(Some(Arc::new(session.run().clone())), Trouble::of(&error, "")),
        });
    }
}
