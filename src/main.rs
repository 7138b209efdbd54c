//! The `asrun` program: parse, choose a face, map the outcome to an exit status.

use asrun::cli::Cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    Cli::main()
}
