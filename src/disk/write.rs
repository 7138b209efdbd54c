//! Writing bytes: one system call after the other until all are taken.

use super::{Disk, Effect, Fault, Step};
use std::fs::File;
use std::io::{self, Seek as _, Write};
use std::os::unix::fs::FileExt as _;

/// What a drive writes whole or not at all.
const SECTOR: usize = 512;

impl Disk {
    /// Writes all bytes where the file stands; one system call unless the system takes fewer at once.
    ///
    /// # Errors
    /// What the system says; some of the bytes may be written then.
    pub fn write(&self, file: &File, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.write_some(file, bytes, None)? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                taken => bytes = &bytes[taken..],
            }
        }
        Ok(())
    }

    /// Writes bytes at a place of the file.
    ///
    /// # Errors
    /// As [`Disk::write`].
    pub fn rewrite(&self, file: &File, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            match self.write_some(file, bytes, Some(at))? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                taken => (bytes, at) = (&bytes[taken..], at + taken as u64),
            }
        }
        Ok(())
    }

    /// One system call, which may take fewer bytes than it is offered.
    fn write_some(&self, file: &File, bytes: &[u8], at: Option<u64>) -> io::Result<usize> {
        loop {
            let fault = self.would_fail(Step::Write);
            let half = &bytes[..bytes.len().div_ceil(2)];
            let offered = match fault {
                Some(Fault::Short) => half,
                Some(Fault::Torn) if bytes.len() > SECTOR => half,
                _ => bytes,
            };
            let act = || self.one_write(file, offered, at);
            match fault.map_or_else(act, |fault| fault.strike(Step::Write, act)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }

    fn one_write(&self, mut file: &File, bytes: &[u8], at: Option<u64>) -> io::Result<usize> {
        let taken = match at {
            Some(at) => file.write_at(bytes, at)?,
            None => file.write(bytes)?,
        };
        if self.watch.is_some() {
            let at = at.map_or_else(|| file.stream_position().map(|end| end - taken as u64), Ok)?;
            self.tell(Effect::Written { file, at, bytes: &bytes[..taken] });
        }
        Ok(taken)
    }

    /// Writes whatever is written into the returned value through this disk.
    #[must_use]
    pub fn through<'a>(&'a self, file: &'a File) -> Through<'a> {
        Through { disk: self, file }
    }
}

/// A file that is written through a [`Disk`].
#[derive(Debug)]
pub struct Through<'a> {
    disk: &'a Disk,
    file: &'a File,
}

impl Write for Through<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() { Ok(0) } else { self.disk.write_some(self.file, bytes, None) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
