//! FACE terminal: messages in, state changed by pure functions, effects out, a picture drawn from the state.
//!
//! May import the kernel to show it, and the flows to act. No rule of execution lives
//! here: what Enter does next is derived from the run, what is allowed is decided by the kernel.

mod acts;
pub mod ground;
pub mod machine;
pub mod run;
pub mod screens;
pub mod widgets;
mod words;

use crate::session::Station;
use ground::effect::Effect;
use ground::theme::Look;
use machine::app::App;
use machine::performer::{Order, Performer};
use machine::terminal::Screen;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

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
    let samples = station.home.root().join("samples");
    let clock = station.clock.clone();
    let mut app = App::new(Look::from_environment(&|name| std::env::var(name).ok()), PathBuf::new());
    let mut screen = Screen::take()?;
    machine::event_loop::listen(&to)?;
    let (performer, thread) = Performer::start(station, to, samples);
    let begin = match start {
        Start::Library => Vec::new(),
        Start::With(effects) => effects,
    };
    // A performer that is gone answers nothing; the loop ends with its channel.
    std::iter::once(Effect::ListHome).chain(begin).for_each(|effect| drop(performer.send(Order::Do(effect))));
    let ended = machine::event_loop::run(&mut app, &performer, &mut screen, &inbox, &|| clock.now().time);
    // The sessions are locked and the journal is closed before the program ends, whatever ended it.
    let _ = performer.send(Order::End);
    let _ = thread.join();
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
