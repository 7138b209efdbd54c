//! One file for each command; the real program, each test in a home of its own.

mod archive;
mod call;
mod demands;
pub mod drive;
mod exchange;
mod forks;
mod health;
mod import;
pub mod judging;
mod lint;
mod listing;
mod packages;
mod prepare;
mod report;
mod sample;
mod seal;
mod sheet;
mod signoff;
mod standing;
mod streams;
mod what_if;
mod words;
