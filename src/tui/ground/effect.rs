//! What the terminal asks the outside for, and what comes back. `update` itself touches nothing.

use crate::countersign::answer::Reply;
use crate::kernel::model::name::{PersonId, Role, RunId, StepId};
use crate::kernel::records::intent::Intent;
use crate::kernel::records::request::Asked;
use crate::kernel::records::sign_off::Decision;
use crate::kernel::run::Run;
use crate::kernel::run::request::Request;
use crate::session::archive::Archived;
use crate::session::health::Health;
use crate::session::runs::RunSummary;
use crate::session::{Attachment, Checked, Opening};
use crate::telling::told::Told;
use crate::telling::trouble::Trouble;
use crate::tui::run::drafts::Drafts;
use crate::verify::Report;
use std::path::PathBuf;
use std::sync::Arc;

/// Something to be done outside.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Leave the program.
    Quit,
    /// Read the lists of packages and runs.
    ListHome,
    /// Read what opening a package needs.
    ReadPackage(PathBuf),
    /// Open a run.
    Open(PathBuf, Opening, PersonId, String),
    /// Take a run up again.
    Resume(RunId),
    /// Put a run aside that is not what was recorded.
    WayOn(Box<WayOnAct>),
    /// Leave the run that is open.
    LeaveRun,
    /// Unlock a person, then do the act, if there is one.
    Unlock(PersonId, String, Option<Box<Intent>>),
    /// Do an act, with the passphrase where one was asked.
    Submit(PersonId, Box<Intent>, Option<String>),
    /// Lock a person's session.
    Lock(PersonId),
    /// Record the bundle of a called procedure.
    Call(PersonId, StepId, PathBuf),
    /// Record a request to a role and write its file.
    Ask(PersonId, Asked, Role, PathBuf),
    /// Take an answer from another machine into the run.
    TakeIn(PersonId, PathBuf),
    /// Write down what is typed and not recorded, so that a crash does not take it.
    KeepDrafts(Drafts),
    /// Take in files, each with its caption, and attach them one after the other.
    Capture(PersonId, Attachment, Vec<(PathBuf, Option<String>)>),
    /// Stop taking in files.
    CancelCapture,
    /// Put a captured file back, byte for byte.
    Reattach(PathBuf),
    /// Close and seal the run.
    Seal(PersonId, String),
    /// Judge a bundle.
    Verify(PathBuf),
    /// Read a bundle for replay.
    Replay(PathBuf),
    /// Read a bundle for the review before a sign-off.
    Review(PathBuf),
    /// Write a `.proof` file beside the runs.
    Export(PathBuf),
    /// Sign off a bundle.
    SignOff(Box<SignOffAct>),
    /// Read a request from another machine.
    ReadRequest(PathBuf),
    /// Answer a request from another machine.
    Answer(Box<AnswerAct>),
    /// List a folder for the evidence picker.
    ListFolder(PathBuf, bool),
}

/// A sign-off as the screen asks for it.
#[derive(Clone, Debug)]
pub struct SignOffAct {
    /// Which bundle.
    pub bundle: PathBuf,
    /// Who.
    pub person: PersonId,
    /// The passphrase.
    pub passphrase: String,
    /// run, deviation:DEV-0001 or step:4.3.
    pub subject: String,
    /// What is decided.
    pub decision: Decision,
    /// Why.
    pub comment: Option<String>,
}

/// A way on for a run that is not taken up, on somebody's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayOn {
    /// Put back what was acknowledged, or answer for a lost head; the run goes on.
    Mend,
    /// Move it to the archive.
    Archive,
}

/// A run that was not taken up, and who could put it right or aside.
#[derive(Clone, Debug)]
pub struct UnwellFacts {
    /// The run.
    pub run: RunId,
    /// What it is.
    pub words: String,
    /// Whose keys lie here.
    pub people: Vec<PersonId>,
    /// What can be done about it; the first is proposed.
    pub ways: Vec<WayOn>,
}

/// A run that somebody puts right or aside.
#[derive(Clone, Debug)]
pub struct WayOnAct {
    /// What is done.
    pub way: WayOn,
    /// The run.
    pub run: RunId,
    /// Who.
    pub person: PersonId,
    /// Why.
    pub reason: String,
    /// The passphrase.
    pub passphrase: String,
}

/// A request that was read.
#[derive(Clone, Debug)]
pub struct RequestFacts {
    /// Where it lies.
    pub path: PathBuf,
    /// What it asks.
    pub request: Request,
    /// Whose keys lie here.
    pub people: Vec<PersonId>,
}

/// An answer as the screen asks for it.
#[derive(Clone, Debug)]
pub struct AnswerAct {
    /// What is answered.
    pub request: Request,
    /// The file of the request; the answer is written beside it.
    pub beside: PathBuf,
    /// Who.
    pub person: PersonId,
    /// The passphrase.
    pub passphrase: String,
    /// What is answered to it.
    pub reply: Reply,
}

/// One line of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderLine {
    /// Where it is.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Bytes.
    pub size: u64,
    /// Facts for the preview, read when it was listed.
    pub facts: Vec<String>,
}

/// A package of the home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageLine {
    /// Where it lies.
    pub path: PathBuf,
    /// Its name and title.
    pub title: String,
    /// Who approved it, and why it opens no run where it opens none; not escaped yet.
    pub facts: Vec<String>,
}

/// A key of the home that signs nothing, or not for long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyTrouble {
    /// Whose, where the roster knows it.
    pub person: Option<PersonId>,
    /// What is wrong; not escaped yet.
    pub text: String,
}

/// What a package needs to be opened.
#[derive(Clone, Debug)]
pub struct PackageFacts {
    /// Where it lies.
    pub path: PathBuf,
    /// What would be executed.
    pub plan: Arc<crate::kernel::documents::package::Plan>,
    /// Who may act.
    pub roster: Arc<crate::kernel::documents::roster::Roster>,
}

/// A bundle or run read for replay.
#[derive(Clone, Debug)]
pub struct Recording {
    /// Where it lies.
    pub path: PathBuf,
    /// The run before its first record.
    pub draft: Run,
    /// Every record in order.
    pub records: Vec<crate::kernel::records::record::SignedRecord>,
    /// Whether a folder is what was recorded there; nobody can tell of a `.proof` file.
    pub health: Option<Health>,
}

/// What comes back.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Packages and runs of the home.
    Home(Vec<PackageLine>, Vec<RunSummary>),
    /// Keys of the home that sign nothing, or not for long, in words.
    Keys(Vec<KeyTrouble>),
    /// Archived runs of the home.
    Archives(Vec<Archived>),
    /// A run is not taken up as it is: what shall be done?
    Unwell(Box<UnwellFacts>),
    /// A run was put right or aside: under which words.
    WentOn(String),
    /// A package may be opened.
    Package(Box<PackageFacts>),
    /// A run is open; whether the person is unlocked in this program.
    RunOpen(Arc<Run>, PersonId, PathBuf, bool),
    /// Where the run that was opened has room for request files.
    Beside(PathBuf),
    /// An act is recorded up to this record.
    Recorded(Arc<Run>, Told),
    /// A record that no form waits for: a file that was taken in, a time that ran out, sessions that were locked.
    Moved(Arc<Run>, String),
    /// How far the journal was read again beside the work.
    Checked(Checked),
    /// The act needs the passphrase of this person.
    PassphraseNeeded(PersonId, Box<Intent>),
    /// The passphrase does not open the key: ask again.
    WrongPassphrase(String),
    /// What was typed in an earlier program and never recorded.
    Drafts(Drafts),
    /// It was refused or failed: what happened, what to do. The run may hold the refusal.
    Refused(Option<Arc<Run>>, Trouble),
    /// The run is sealed.
    Sealed(Arc<Run>, PathBuf, String),
    /// A request was read.
    Request(Box<RequestFacts>),
    /// An answer and its signature were written.
    Answered(PathBuf),
    /// A bundle was judged, and what was executed where that could be read.
    Judged(PathBuf, Box<Report>, Option<Arc<crate::kernel::documents::package::Plan>>),
    /// A recording was read.
    Recording(Box<Recording>),
    /// A bundle was read for review.
    Review(Box<Recording>),
    /// A folder was listed.
    Folder(PathBuf, Vec<FolderLine>),
    /// Bytes taken in so far and in all.
    Progress(u64, u64),
    /// Something to tell.
    Told(String),
}
