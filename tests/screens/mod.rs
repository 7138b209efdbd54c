//! Screens: the real program in a real pseudo-terminal, and every screen at two sizes.

mod archive;
pub mod exchange;
mod findings;
mod forms;
mod hostile;
mod journeys;
mod kit;
mod menu;
mod pages;
mod reread;
mod sample;
mod second_person;
mod shared;
mod standing;
mod steps;
mod words;
