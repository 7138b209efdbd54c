//! The two streams of the program: answers go to standard output, talk goes to standard error.
//!
//! What cannot be written is an error with exit status 4, whichever stream it was for, and never a panic: a
//! signature that was made is told on the stream that is left. A reader that went away, such as `head`, is no
//! error. A stream that was closed before the program started cannot be told from one that was thrown away: the
//! runtime puts the null device in its place.

use super::output::Exit;
use crate::kernel::text::harmless;
use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether something could not be written.
static UNWRITTEN: AtomicBool = AtomicBool::new(false);

/// Prints a line of the answer.
macro_rules! say {
    ($($text:tt)*) => { $crate::cli::stream::answer(format_args!("{}\n", format_args!($($text)*))) };
}

/// Prints a part of the answer as it is.
macro_rules! say_on {
    ($($text:tt)*) => { $crate::cli::stream::answer(format_args!($($text)*)) };
}

/// Prints a line of talk: what goes on, what to do next.
macro_rules! talk {
    ($($text:tt)*) => { $crate::cli::stream::talk(format_args!("{}\n", format_args!($($text)*))) };
}

/// Writes to standard output; that it failed is told on standard error.
pub(super) fn answer(text: Arguments) {
    if let Err(error) = write(io::stdout().lock(), text)
        && !UNWRITTEN.swap(true, Ordering::Relaxed)
    {
        let told = format_args!("error: the answer is not whole: {error}\nhint: what was done is done; ask again\n");
        // Where neither stream takes anything, the exit status alone is left to tell it.
        let _ = write(io::stderr().lock(), told);
    }
}

/// Writes to standard error, and to standard output where that fails.
pub(super) fn talk(text: Arguments) {
    if write(io::stderr().lock(), text).is_err() {
        UNWRITTEN.store(true, Ordering::Relaxed);
        let _ = write(io::stdout().lock(), text);
    }
}

/// Shows how far something is, in place of what was shown before; a line that is gone at the next one need not be kept.
pub(super) fn passing(text: &str) {
    let line = format!("\r{}\x1b[K", harmless(text, false));
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

/// Returns the status to end with: what could not be written is no success.
#[must_use]
pub fn settled(exit: Exit) -> Exit {
    if UNWRITTEN.load(Ordering::Relaxed) { Exit::CouldNotLook } else { exit }
}

/// Says that something could not be written by a writer of its own, such as that of `drive`.
pub(super) fn unwritten() {
    UNWRITTEN.store(true, Ordering::Relaxed);
}

/// The last door: what somebody forgot to escape moves no cursor all the same.
fn write(mut to: impl Write, text: Arguments) -> io::Result<()> {
    let text = std::fmt::format(text);
    let text = harmless(&text, text.starts_with(['{', '[']));
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
