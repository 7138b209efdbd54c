//! What other persons did at a step: verified, released, were asked, answered.

use super::teller::{Chapter, Said, Teller, and, matched, plain};
use crate::kernel::documents::term::Noun;
use crate::kernel::records::event::{AnswerImported, HoldReleased, RequestSent, VerificationRecorded};
use crate::kernel::records::record::SignedRecord;
use crate::kernel::records::request::AskedKind;

impl Teller<'_> {
    pub(super) fn verified(&self, d: &VerificationRecorded) -> Said {
        let blind = if d.blind { ", blind" } else { "" };
        let read = d.observed.iter().map(|(input, value)| format!("{input} {value}")).collect::<Vec<_>>().join(", ");
        let read = and("read ", Some(read).filter(|read| !read.is_empty()));
        let text = format!("{}{blind}: {}{read}{}", plain(d.mode), matched(d.result), self.judged(&d.judges));
        Said::new("Verified", text)
    }

    pub(super) fn held(&self) -> Said {
        Said::new(self.noun(Noun::Hold), "work stops here until it is released")
    }

    pub(super) fn released(&self, d: &HoldReleased) -> Said {
        let text = format!("released{}{}", and("", d.comment.as_ref()), self.judged(&d.judges));
        Said::new(self.noun(Noun::Hold), text)
    }

    pub(super) fn asked(&self, d: &RequestSent) -> Said {
        let what = match d.asked.kind {
            AskedKind::Hold => self.noun(Noun::Hold).within(),
            AskedKind::Review => self.noun(Noun::Review).within(),
            AskedKind::Witness => self.noun(Noun::Witness).within(),
            AskedKind::Verification | AskedKind::Poll => d.asked.kind.word().to_owned(),
        };
        let text =
            format!("{}: {what} {}, asked of {}{}", d.request, d.asked.id, self.role(&d.to), self.judged(&d.judges));
        Said::new("Request sent", text)
    }

    /// What the answer decides stands where it would stand had the person been here.
    pub(super) fn answered(&self, signed: &SignedRecord, d: &AnswerImported) -> (Chapter, Said) {
        let (place, mut said) = self.say(signed, &d.event);
        let by = self.person_as(&d.person, &d.as_role);
        said.text = format!("{}; answered by {by} on another machine to request {}, imported", said.text, d.request);
        (place, said)
    }
}
