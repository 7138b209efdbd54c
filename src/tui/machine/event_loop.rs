//! The loop: input, outcomes and signals come in over one channel; everything waiting is taken before one frame.

use crate::kernel::model::time::Timestamp;
use crate::tui::ground::effect::{Effect, Outcome};
use crate::tui::machine::app::{App, Message};
use crate::tui::machine::performer::Order;
use crate::tui::machine::terminal::Screen;
use crossterm::event::{self, Event, KeyCode, KeyModifiers};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};

/// What comes in.
pub enum Incoming {
    /// From the terminal.
    Input(Event),
    /// From an effect or a worker.
    Outcome(Outcome),
    /// A signal asks the program to end.
    End,
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
    performer: &Sender<Order>,
    screen: &mut Screen,
    inbox: &Receiver<Incoming>,
    clock: &dyn Fn() -> Timestamp,
) -> io::Result<()> {
    app.update(Message::Tick(clock()));
    screen.draw(|frame| app.draw(frame))?;
    loop {
        let mut waiting = match inbox.recv_timeout(app.patience()) {
            Ok(first) => vec![first],
            Err(RecvTimeoutError::Timeout) => Vec::new(),
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        if waiting.is_empty() {
            send(performer, app.update(Message::Tick(clock())));
        }
        waiting.extend(inbox.try_iter());
        for incoming in waiting {
            if is_suspend(&incoming) {
                suspend(screen)?;
            } else if !take(app, performer, incoming) {
                return Ok(());
            }
        }
        screen.draw(|frame| app.draw(frame))?;
    }
}

/// Hands one message on and orders what follows; false when the program is to end.
fn take(app: &mut App, performer: &Sender<Order>, incoming: Incoming) -> bool {
    let message = match incoming {
        Incoming::Input(event) => {
            // A performer that is gone answers nothing either; the loop ends with its channel.
            let _ = performer.send(Order::Touched);
            Message::Input(event)
        }
        Incoming::Outcome(outcome) => Message::Outcome(outcome),
        Incoming::End => Message::End,
    };
    let effects = app.update(message);
    let ends = effects.iter().any(|e| matches!(e, Effect::Quit));
    send(performer, effects);
    !ends
}

fn send(performer: &Sender<Order>, effects: Vec<Effect>) {
    for effect in effects {
        let _ = performer.send(Order::Do(effect));
    }
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
