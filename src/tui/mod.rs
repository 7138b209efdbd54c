//! FACE terminal: messages in, state changed by pure functions, effects out, a picture drawn from the state.
//!
//! May import the kernel to show it, and desk, session and verify to act. No rule of execution lives
//! here: what Enter does next is derived from the run, what is allowed is decided by the kernel.

pub mod app;
pub mod effect;
pub mod event_loop;
pub mod form;
pub mod keymap;
pub mod library;
pub mod paint;
pub mod performer;
pub mod replay;
pub mod run;
mod sign_off;
pub mod terminal;
pub mod theme;
pub mod verdict;

use crate::session::Station;
use app::App;
use effect::Effect;
use event_loop::Incoming;
use performer::{Arrived, Performer};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use terminal::Screen;
use theme::Look;

/// Where the terminal begins.
pub enum Start {
    /// With the lists of packages and runs.
    Library,
    /// With these effects, performed at once.
    With(Vec<Effect>),
}

/// Opens the terminal and stays there until it is left; returns what is to be said afterwards.
///
/// # Errors
/// No terminal, or one that is gone; what was recorded is safe.
pub fn run(station: Station, start: Start) -> io::Result<Option<String>> {
    let (to, inbox) = mpsc::channel();
    let (back, arrivals) = mpsc::channel::<Arrived>();
    let forward = to.clone();
    std::thread::spawn(move || {
        for arrived in arrivals {
            if forward.send(Incoming::Arrived(arrived)).is_err() {
                break;
            }
        }
    });
    let samples = station.home.root().join("samples");
    let mut performer = Performer::new(station, back, samples);
    let mut app = App::new(Look::from_environment(&|name| std::env::var(name).ok()), PathBuf::new());
    let mut screen = Screen::take()?;
    event_loop::listen(&to)?;
    performer.perform(Effect::ListHome);
    if let Start::With(effects) = start {
        effects.into_iter().for_each(|effect| performer.perform(effect));
    }
    let ended = event_loop::run(&mut app, &mut performer, &mut screen, &inbox);
    performer.perform(Effect::LeaveRun);
    drop(screen);
    ended.map(|()| app.farewell)
}

/// What was sealed, where, and how to check it with other tools.
#[must_use]
pub fn farewell(bundle: &Path, seal: &str) -> String {
    let place = bundle.display();
    format!(
        "Sealed: {place}\n{seal}\n\nCheck it here:      asrun verify {place}\nCheck it elsewhere: cd {place}\n  \
         sha256sum -c --strict manifest-sha256.txt tagmanifest-sha256.txt\n  b3sum -c b3sums.txt\n  bagit.py --validate .\n"
    )
}
