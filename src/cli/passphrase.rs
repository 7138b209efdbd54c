//! Passphrases: asked without echo, or read from a file; never an argument.

use super::output::{CliError, Exit};
use crate::kernel::model::name::PersonId;
use crate::store::read_text;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The largest passphrase file that is read, in bytes.
const MAX_FILE: u64 = 64 * 1024;

/// Where passphrases come from.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Passphrases {
    /// Read passphrases from lines `<person id> <passphrase>` of this file
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

impl Passphrases {
    /// Reads the file; empty without one.
    ///
    /// # Errors
    /// An unreadable file, or a line of another form.
    pub fn read(&self) -> Result<BTreeMap<PersonId, String>, CliError> {
        match &self.passphrase_file {
            Some(path) => read_file(path),
            None => Ok(BTreeMap::new()),
        }
    }

    /// Returns the passphrase of a person: from the file, else asked on the terminal.
    ///
    /// # Errors
    /// No terminal to ask on.
    pub fn of(&self, person: &PersonId) -> Result<String, CliError> {
        if let Some(found) = self.read()?.remove(person) {
            return Ok(found);
        }
        asked(&format!("Passphrase of {person}: "))
    }

    /// Returns a passphrase that is new: what is asked on the terminal is asked twice, since nobody can mend it later.
    ///
    /// # Errors
    /// No terminal to ask on, or two different answers.
    pub fn new_of(&self, person: &PersonId) -> Result<String, CliError> {
        if let Some(found) = self.read()?.remove(person) {
            return Ok(found);
        }
        let first = asked(&format!("New passphrase of {person}: "))?;
        match asked("The same again: ")? == first {
            true => Ok(first),
            false => Err(CliError::usage("the two passphrases differ", "type the same twice")),
        }
    }
}

fn asked(prompt: &str) -> Result<String, CliError> {
    let hint = "give --passphrase-file where no terminal is at hand";
    rpassword::prompt_password(prompt).map_err(|error| CliError::of(Exit::CouldNotLook, &error, hint))
}

fn read_file(path: &Path) -> Result<BTreeMap<PersonId, String>, CliError> {
    let hint = "write one `<person id> <passphrase>` a line";
    let text = read_text(path, "the passphrase file", MAX_FILE);
    let text = text.map_err(|error| CliError::of(Exit::CouldNotLook, &error, hint))?;
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    let read = |(line, number): (&str, u32)| {
        let (person, passphrase) = line.split_once(' ').unwrap_or((line, ""));
        let person = person.parse::<PersonId>().ok().filter(|_| !passphrase.is_empty());
        let wrong = || CliError::usage(&format!("line {number} of the passphrase file has another form"), hint);
        person.map(|p| (p, passphrase.to_owned())).ok_or_else(wrong)
    };
    lines.map(read).collect()
}
