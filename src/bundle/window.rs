//! A journal as windows of whole lines, so that one of any length costs a window and not its own size.

use crate::kernel::fold::Window;
use crate::kernel::records::record::MAX_LINE;
use std::io::{self, Read};

/// How many bytes are read at a time; one longer line comes alone.
const BYTES: usize = 1 << 20;

/// Reads a journal window by window.
#[derive(Debug)]
pub struct Windows<R> {
    stream: R,
    buffer: Vec<u8>,
    /// How much of the buffer was handed out.
    taken: usize,
    ended: bool,
}

impl<R: Read> Windows<R> {
    /// Begins at the start of a journal.
    pub fn new(stream: R) -> Self {
        Self { stream, buffer: Vec::new(), taken: 0, ended: false }
    }

    /// Returns the next whole lines; none when no whole line follows. What is behind them then says [`Windows::rest`].
    ///
    /// # Errors
    /// What the stream says.
    pub fn read(&mut self) -> io::Result<Option<Window>> {
        loop {
            if let Some(window) = Window::cut(&self.buffer[self.taken..]) {
                self.taken += window.bytes().len();
                return Ok(Some(window));
            }
            if self.ended || self.rest().len() > MAX_LINE {
                return Ok(None);
            }
            self.fill()?;
        }
    }

    /// Returns what follows the last line feed: nothing in a journal that ends as it should. It is never more than a
    /// little over the longest line; a longer one is no record wherever it ends.
    #[must_use]
    pub fn rest(&self) -> &[u8] {
        &self.buffer[self.taken..]
    }

    /// Tells whether the stream ended, and [`Windows::rest`] is all that follows.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.ended && self.rest().len() <= MAX_LINE
    }

    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..std::mem::take(&mut self.taken));
        let wanted = self.buffer.len() + BYTES;
        let mut filled = self.buffer.len();
        self.buffer.resize(wanted, 0);
        while filled < wanted {
            match self.stream.read(&mut self.buffer[filled..]) {
                Ok(0) => {
                    self.ended = true;
                    break;
                }
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.buffer.truncate(filled);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> (Vec<Vec<u8>>, Vec<u8>) {
        let mut windows = Windows::new(text);
        let mut lines = Vec::new();
        while let Some(window) = windows.read().unwrap() {
            lines.extend(window.lines().into_iter().map(<[u8]>::to_vec));
        }
        (lines, windows.rest().to_vec())
    }

    #[test]
    fn lines_come_whole_and_what_is_behind_the_last_one_is_the_rest() {
        assert_eq!(read(b""), (vec![], vec![]));
        assert_eq!(read(b"a\n\nbc\nd"), (vec![b"a".to_vec(), vec![], b"bc".to_vec()], b"d".to_vec()));
    }

    #[test]
    fn lines_longer_than_a_window_and_more_of_them_than_it_holds_come_in_order() {
        let long = [vec![b'x'; MAX_LINE], b"\n".to_vec()].concat();
        let (lines, rest) = read(&long.repeat(3));
        assert_eq!((lines.len(), lines.iter().all(|line| line.len() == MAX_LINE), rest.len()), (3, true, 0));
        let (lines, _) = read(&b"ab\n".repeat(5 * 1024 + 7));
        assert_eq!(lines.len(), 5 * 1024 + 7);
    }

    #[test]
    fn a_line_without_an_end_is_not_read_for_ever() {
        let (lines, rest) = read(&vec![b'x'; 64 * MAX_LINE]);
        assert!(lines.is_empty() && rest.len() > MAX_LINE && rest.len() <= MAX_LINE + BYTES);
    }
}
