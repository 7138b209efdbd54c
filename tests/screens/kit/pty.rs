//! A program in a terminal of our own: keys in, grid of cells out.

use super::{grid::Cells, svg};
use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};
use std::io::{Read as _, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// Longest wait for anything; generous, because a slow machine is not a fault.
const PATIENCE: Duration = Duration::from_secs(20);

/// Collects what a program asks its terminal, so that the answers can be sent.
#[derive(Default)]
struct Queries {
    cursor: usize,
    attributes: usize,
}

impl vt100::Callbacks for Queries {
    fn unhandled_csi(&mut self, _: &mut vt100::Screen, i1: Option<u8>, _: Option<u8>, params: &[&[u16]], c: char) {
        match (i1, params.first().and_then(|param| param.first()), c) {
            (None, Some(6), 'n') => self.cursor += 1,
            (None, _, 'c') => self.attributes += 1,
            _ => {}
        }
    }
}

/// A running program and its terminal.
pub(crate) struct Pty {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    output: Receiver<Vec<u8>>,
    parser: vt100::Parser<Queries>,
    raw: Vec<u8>,
}

impl Pty {
    /// Starts `asrun` in an 80x24 terminal, with an empty environment and the given home.
    pub(crate) fn asrun(home: &std::path::Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        Self::spawn(env!("CARGO_BIN_EXE_asrun"), home, arguments, environment)
    }

    /// Starts any program the same way. The path has to be absolute.
    pub(crate) fn spawn(
        program: &str,
        home: &std::path::Path,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.env_clear();
        command.cwd(home);
        command.args(arguments);
        let home = home.to_str().unwrap();
        for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("TZ", "UTC"), ("HOME", home)] {
            command.env(name, value);
        }
        environment.iter().for_each(|(name, value)| command.env(name, value));
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let (sender, output) = channel();
        let mut reader = pair.master.try_clone_reader().unwrap();
        std::thread::spawn(move || {
            let mut block = [0; 8192];
            while let Ok(length @ 1..) = reader.read(&mut block) {
                if sender.send(block[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        let writer = pair.master.take_writer().unwrap();
        let parser = vt100::Parser::new_with_callbacks(size_of(24), size_of(80), 0, Queries::default());
        Self { master: pair.master, writer, child, output, parser, raw: Vec::new() }
    }

    /// Takes in what the program wrote within `wait`; `false` when nothing came, or it has ended.
    fn listen(&mut self, wait: Duration) -> Heard {
        match self.output.recv_timeout(wait) {
            Ok(bytes) => {
                self.raw.extend(&bytes);
                self.parser.process(&bytes);
                self.answer();
                Heard::Something
            }
            Err(RecvTimeoutError::Timeout) => Heard::Nothing,
            Err(RecvTimeoutError::Disconnected) => Heard::End,
        }
    }

    fn answer(&mut self) {
        let (row, column) = self.parser.screen().cursor_position();
        let queries = std::mem::take(self.parser.callbacks_mut());
        let position = format!("\x1b[{};{}R", row + 1, column + 1).repeat(queries.cursor);
        let attributes = "\x1b[?62;22c".repeat(queries.attributes);
        if !position.is_empty() || !attributes.is_empty() {
            self.send(&format!("{position}{attributes}"));
        }
    }

    /// Waits until the screen shows a text.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.screen_text().contains(text) {
            let heard = self.listen(Duration::from_millis(50));
            if Instant::now() > end || (heard == Heard::End && !self.screen_text().contains(text)) {
                self.fail(&format!("waited for `{text}`"));
            }
        }
    }

    /// Waits until nothing was written for some milliseconds. Absence is asserted after this only.
    #[track_caller]
    pub(crate) fn wait_stable(&mut self, millis: u64) {
        let end = Instant::now() + PATIENCE;
        while self.listen(Duration::from_millis(millis)) == Heard::Something {
            if Instant::now() > end {
                self.fail("waited for the screen to rest");
            }
        }
    }

    /// Waits for the end of the program, with all its output taken in.
    #[track_caller]
    pub(crate) fn wait_end(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        while self.listen(Duration::from_millis(50)) != Heard::End {
            let over = self.child.try_wait().unwrap().is_some();
            if over && self.listen(Duration::from_millis(200)) == Heard::Nothing {
                break;
            }
            if Instant::now() > end {
                self.fail("waited for the end");
            }
        }
        self.child.wait().unwrap()
    }

    fn send(&mut self, bytes: &str) {
        // A program that has ended reads no more; whoever waits for it will say so.
        let _ = self.writer.write_all(bytes.as_bytes()).and_then(|()| self.writer.flush());
    }

    /// Presses keys: plain characters, and names in brackets such as `<Enter>`, `<Esc>`, `<C-p>`, `<F4>`.
    pub(crate) fn keys(&mut self, keys: &str) {
        let mut rest = keys;
        while let Some(letter) = rest.chars().next() {
            let name = rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
            match name {
                Some((name, after)) => {
                    self.send(&escape(name));
                    rest = after;
                }
                None => {
                    self.send(letter.encode_utf8(&mut [0; 4]));
                    rest = &rest[letter.len_utf8()..];
                }
            }
        }
    }

    /// Pastes in brackets, as a terminal does.
    pub(crate) fn paste(&mut self, text: &str) {
        self.send(&format!("\x1b[200~{text}\x1b[201~"));
    }

    /// Gives the terminal a new size.
    pub(crate) fn resize(&mut self, cols: u16, rows: u16) {
        self.master.resize(PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }).unwrap();
        self.parser.set_size(size_of(rows), size_of(cols));
    }

    /// Kills without warning. The child's own `kill` would hang up first, which is a warning.
    pub(crate) fn kill(&self) {
        self.signal(rustix::process::Signal::KILL);
    }

    /// Sends a signal to the program.
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let id = i32::try_from(self.child.process_id().unwrap()).unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(id).unwrap(), signal).unwrap();
    }

    /// Returns the text on the screen.
    pub(crate) fn screen_text(&self) -> String {
        self.parser.screen().contents()
    }

    /// Returns everything the program wrote.
    pub(crate) fn raw(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    /// Returns the picture of the screen.
    pub(crate) fn svg(&self) -> String {
        svg::svg(&Cells::from_screen(self.parser.screen()).stable())
    }

    /// Fails unless the terminal is as the program found it.
    #[track_caller]
    pub(crate) fn assert_restored(&self) {
        let screen = self.parser.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is still on");
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste is still on");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is still taken");
        let raw = self.raw();
        assert!(raw.rfind("\x1b[?2026h") <= raw.rfind("\x1b[?2026l"), "an update is still open");
    }

    /// Tells whether the terminal edits lines and echoes, as a shell needs it.
    pub(crate) fn is_cooked(&self) -> bool {
        self.master.get_termios().is_some_and(|settings| format!("{:?}", settings.local_flags).contains("ICANON"))
    }

    #[track_caller]
    fn fail(&self, what: &str) -> ! {
        let from = self.raw.len().saturating_sub(200);
        let last = self.raw[from..].escape_ascii();
        panic!("{what}\n--- last screen ---\n{}\n--- last bytes ---\n{last}", self.screen_text());
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // Ended already in most tests.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Heard {
    Something,
    Nothing,
    End,
}

fn size_of(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).unwrap()
}

fn escape(name: &str) -> String {
    let plain = match name {
        "Enter" => "\r",
        "Esc" => "\x1b",
        "Tab" => "\t",
        "S-Tab" => "\x1b[Z",
        "Backspace" => "\x7f",
        "Delete" => "\x1b[3~",
        "Up" => "\x1b[A",
        "Down" => "\x1b[B",
        "Right" => "\x1b[C",
        "Left" => "\x1b[D",
        "Home" => "\x1b[H",
        "End" => "\x1b[F",
        "PgUp" => "\x1b[5~",
        "PgDn" => "\x1b[6~",
        "F1" => "\x1bOP",
        "F2" => "\x1bOQ",
        "F3" => "\x1bOR",
        "F4" => "\x1bOS",
        "F5" => "\x1b[15~",
        "F6" => "\x1b[17~",
        "F7" => "\x1b[18~",
        "F8" => "\x1b[19~",
        "F9" => "\x1b[20~",
        "F10" => "\x1b[21~",
        "F12" => "\x1b[24~",
        "lt" => "<",
        _ => "",
    };
    match name.strip_prefix("C-").and_then(|letter| letter.bytes().next()) {
        Some(letter) => char::from(letter.to_ascii_lowercase() & 0x1f).to_string(),
        None if plain.is_empty() => panic!("no key is called <{name}>"),
        None => plain.to_owned(),
    }
}
