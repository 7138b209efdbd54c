//! The loop: input, outcomes and signals come in over one channel; everything waiting is taken before one frame.

use super::app::{App, Message};
use super::effect::{Effect, Outcome};
use super::performer::{Arrived, Performer};
use super::terminal::Screen;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyModifiers};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

/// What comes in.
pub enum Incoming {
    /// From the terminal.
    Input(Event),
    /// From an effect or a worker.
    Arrived(Arrived),
    /// A signal asks the program to end.
    End,
}

/// How long to wait at most: only moving parts have a deadline.
fn patience(performer: &Performer) -> Duration {
    match performer.progress() {
        Some(_) => Duration::from_millis(100),
        None => Duration::from_secs(15),
    }
}

/// Starts the threads that bring input and signals in.
///
/// # Errors
/// Signals that cannot be caught.
pub fn listen(to: &Sender<Incoming>) -> io::Result<()> {
    let input = to.clone();
    std::thread::spawn(move || {
        while let Ok(event) = event::read() {
            if input.send(Incoming::Input(event)).is_err() {
                break;
            }
        }
    });
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    let ends = to.clone();
    std::thread::spawn(move || {
        for _ in &mut signals {
            if ends.send(Incoming::End).is_err() {
                break;
            }
        }
    });
    Ok(())
}

/// Runs until the application is left.
///
/// # Errors
/// A terminal that is gone; what was recorded is safe.
pub fn run(
    app: &mut App,
    performer: &mut Performer,
    screen: &mut Screen,
    inbox: &Receiver<Incoming>,
) -> io::Result<()> {
    screen.draw(|frame| app.draw(frame))?;
    loop {
        let first = match inbox.recv_timeout(patience(performer)) {
            Ok(first) => Some(first),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        let Some(first) = first else {
            match performer.progress() {
                Some((done, total)) => drop(app.update(Message::Outcome(Outcome::Progress(done, total)))),
                None => performer.idle(),
            }
            screen.draw(|frame| app.draw(frame))?;
            continue;
        };
        for incoming in std::iter::once(first).chain(inbox.try_iter()) {
            if is_suspend(&incoming) {
                suspend(screen)?;
                continue;
            }
            if !take(app, performer, incoming) {
                return Ok(());
            }
        }
        screen.draw(|frame| app.draw(frame))?;
    }
}

/// Hands one message on and performs what follows; false when the program is to end.
fn take(app: &mut App, performer: &mut Performer, incoming: Incoming) -> bool {
    let message = match incoming {
        Incoming::Input(event) => {
            performer.touched();
            Message::Input(event)
        }
        Incoming::Arrived(Arrived::Outcome(outcome)) => Message::Outcome(outcome),
        Incoming::Arrived(Arrived::Stored(person, intent)) => {
            performer.stored(&person, *intent);
            return true;
        }
        Incoming::End => Message::End,
    };
    let effects = app.update(message);
    let ends = effects.iter().any(|e| matches!(e, Effect::Quit));
    for effect in effects {
        performer.perform(effect);
    }
    !ends
}

fn is_suspend(incoming: &Incoming) -> bool {
    matches!(incoming, Incoming::Input(Event::Key(key)) if key.code == KeyCode::Char('z') && key.modifiers.contains(KeyModifiers::CONTROL))
}

/// Gives the terminal back, stops, and takes it again when the shell brings the program back.
fn suspend(screen: &mut Screen) -> io::Result<()> {
    ratatui::restore();
    signal_hook::low_level::emulate_default_handler(signal_hook::consts::SIGTSTP)?;
    // A screen that is taken anew is drawn whole; asking the terminal to clear would wait for an answer
    // that the input thread has already read.
    *screen = Screen::take()?;
    Ok(())
}
