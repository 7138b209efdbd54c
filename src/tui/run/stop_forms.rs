//! Forms of the run as a whole: unlock, go on, stop, abort, seal.

use crate::kernel::documents::term::Noun;
use crate::kernel::run::Phase;
use crate::kernel::text::counted;
use crate::telling::terms;
use crate::telling::told::{Told, Tone};
use crate::tui::run::RunScreen;
use crate::tui::run::dialog::{Dialog, Purpose};
use crate::tui::widgets::form::Field;

impl RunScreen {
    pub(super) fn resume(&self) -> Dialog {
        let since = self.run.standing_since().map(|t| t.to_string()).unwrap_or_default();
        let word = self.run.phase().word();
        let mut intro = vec![format!("The run is {word} since {since}.")];
        if self.run.phase() == Phase::Interrupted {
            intro.push("The program ended in the middle. Everything up to the last record is safe.".into());
        }
        if let Some(step) = self.run.active() {
            intro.push(format!(
                "The active step is {}  {}. Look at the real thing before going on.",
                step.id, step.title
            ));
        }
        Dialog::new("Go on", intro, vec![Field::text("comment", "Remark", false)], Purpose::Resume)
    }

    pub(super) fn stop_work(&self) -> Dialog {
        let intro = vec![
            "Stop when unsure. The run freezes; nothing is lost.".into(),
            format!("Safe state: {}", self.run.plan().procedure.safe_state),
        ];
        Dialog::new("STOP WORK", intro, vec![Field::text("reason", "Why", false)], Purpose::StopWork)
    }

    pub(super) fn abort(&self) -> Dialog {
        let intro = vec![
            "The back-out begins at once; forms come afterwards. An aborted run grades FAIL: a good record of unmet work.".into(),
            format!("Safe state: {}", self.run.plan().procedure.safe_state),
        ];
        let ways =
            vec![("no".to_owned(), "abort".to_owned()), ("yes".to_owned(), "EMERGENCY: leave at once".to_owned())];
        let fields =
            vec![Field::choice("emergency", "How", ways, true).with("no"), Field::text("reason", "Why", false)];
        Dialog::new("Abort", intro, fields, Purpose::Abort)
    }

    pub(super) fn safe_state(&self) -> Dialog {
        let intro =
            vec![format!("Safe state: {}", self.run.plan().procedure.safe_state), "Confirm only what you see.".into()];
        Dialog::new("Safe state", intro, vec![Field::text("comment", "What you see", false)], Purpose::SafeState)
    }

    /// The completeness check: what blocks, what stays open for FINAL, what is signed.
    pub(super) fn seal_summary(&self) -> Dialog {
        let blockers = self.blockers();
        let deviation = terms::noun(&self.run, Noun::Deviation);
        let fields = match blockers.is_empty() {
            true => vec![Field::secret(format!("Passphrase of {}, who closes the record", self.person))],
            false => Vec::new(),
        };
        let mut intro: Vec<Told> = blockers.into_iter().map(|blocker| Told::new(Tone::Bad, blocker)).collect();
        if intro.is_empty() {
            let done = format!("every needed step is closed; no {deviation} is left to record");
            intro.push(Told::new(Tone::Good, done));
        }
        for finding in crate::kernel::judgement::closure::assess(&self.run, &[]).findings {
            intro.push(format!("    open for FINAL: {}", finding.message).into());
        }
        let bytes: u64 = self.run.evidence().iter().map(|e| e.file.size).sum();
        let (files, refused, raised) = (self.run.evidence().len(), self.run.denials(), self.run.deviations().len());
        let mut counts = counted(self.run.seq(), "record", "records");
        if files > 0 {
            counts += &format!(", {} ({})", counted(files, "file", "files"), counted(bytes, "byte", "bytes"));
        }
        if refused > 0 {
            counts += &format!(", {}", counted(refused, "refused act", "refused acts"));
        }
        if raised > 0 {
            counts += &format!("; {deviation}: {raised}");
        }
        intro.push(counts.into());
        intro.push("Sealing makes the run read-only; sign-offs are added beside it.".to_owned().into());
        Dialog::new("Seal", Vec::new(), fields, Purpose::Seal(self.person.clone())).telling(intro)
    }

    fn blockers(&self) -> Vec<String> {
        let run = &self.run;
        let deviation = terms::noun(run, Noun::Deviation);
        let mut list: Vec<String> =
            run.pending().iter().map(|p| format!("{deviation} is due: {}", terms::trigger(run, p.trigger))).collect();
        match run.phase() {
            Phase::Aborted => {}
            Phase::Running => {
                list.extend(
                    run.needed_steps()
                        .filter(|s| !run.is_closed(&s.id))
                        .map(|s| format!("step {} is open: {}", s.id, s.title)),
                );
            }
            phase => list.push(format!("the run is {}", phase.word())),
        }
        list
    }
}
