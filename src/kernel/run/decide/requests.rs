//! Asking somebody at another machine, and taking in the signed answer.

use super::super::gates::Asking;
use super::super::request::{Answer, MAX_ANSWER, Requested};
use super::super::{Run, Who};
use crate::kernel::canon;
use crate::kernel::model::gate::GateCode;
use crate::kernel::model::name::{RequestId, Role};
use crate::kernel::records::event::{AnswerImported, Event, RequestSent};
use crate::kernel::records::request::Asked;
use crate::kernel::signature::{Namespace, SshSignature};

impl Run {
    pub(super) fn request(&self, ask: &mut Asking, asked: &Asked, to: &Role) -> Option<Event> {
        ask.open();
        ask.any_role();
        let judges = self.judged_by(asked);
        let number = self.requests.len() + 1;
        let open = judges.is_some() && number <= 9999;
        ask.ask(GateCode::RequestOpen, open, &[("kind", &asked.kind.word()), ("id", &asked.id)]);
        let gates = ask.passed()?;
        let request = RequestId::numbered(number);
        Some(RequestSent { asked: asked.clone(), gates, judges: judges?, request, to: to.clone() }.into())
    }

    /// The answer is decided as the act of the person who signed it; only the open session is not asked for.
    pub(super) fn import_answer(&self, ask: &mut Asking, text: &str, signature: &str) -> Option<Event> {
        ask.open();
        ask.any_role();
        let read = self.read_answer(ask, text, signature);
        let fault = read.as_ref().err().cloned().unwrap_or_default();
        ask.ask(GateCode::AnswerHolds, read.is_ok(), &[("fault", &fault)]);
        let (answer, who) = read.ok()?;
        let mut inner = Asking::new(self, &who, ask.now);
        let event = self.event(&mut inner, &answer.intent);
        let as_role = inner.role.clone();
        // An accepted act carries its gates itself; those of a refused one say why the import is refused.
        if event.is_none() {
            ask.take_over(inner.into_gates());
        }
        let gates = ask.passed()?;
        Some(
            AnswerImported {
                answer: text.to_owned(),
                as_role: as_role?,
                event: Box::new(event?),
                gates,
                person: answer.person,
                request: answer.request,
                signature: signature.to_owned(),
            }
            .into(),
        )
    }

    fn read_answer(&self, ask: &Asking, text: &str, signature: &str) -> Result<(Answer, Who), String> {
        if text.len() > MAX_ANSWER {
            return Err(format!("it is longer than {MAX_ANSWER} bytes"));
        }
        let answer: Answer = canon::decode(text.as_bytes()).map_err(|e| e.to_string())?;
        let sent = self.asked_by(&answer)?;
        let judged = self.judged_by(&sent.asked).ok_or("nothing waits for it any more")?;
        if judged != sent.judges {
            return Err("what it judges has changed since it was asked for".into());
        }
        if answer.time < sent.time || answer.time > ask.now.time {
            return Err("its time does not lie between the request and now".into());
        }
        let signed =
            SshSignature::parse(signature.as_bytes()).and_then(|s| s.check(Namespace::Answer, text.as_bytes()));
        let key = signed.map_err(|e| e.to_string())?.id();
        for at in [answer.time, ask.now.time] {
            self.roster.entitled(&answer.person, &key, at).map_err(|withheld| withheld.to_string())?;
        }
        Ok((answer.clone(), Who { person: answer.person, key }))
    }

    fn asked_by(&self, answer: &Answer) -> Result<&Requested, String> {
        if answer.run != self.id {
            return Err("it is of another run".into());
        }
        let sent = self.requests.iter().find(|r| r.id == answer.request && r.record == answer.record);
        let sent = sent.filter(|r| !r.answered).ok_or("no such request is open")?;
        match sent.asked.is_answered_by(&answer.intent) {
            true => Ok(sent),
            false => Err("it answers something else than was asked".into()),
        }
    }
}
