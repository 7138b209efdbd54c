//! Accidents: killed programs, failing disks, closed streams, hostile texts, mutated input, dishonest people.
//!
//! Three questions are asked after each: was anything said that is not so? Is anything lost that was said? Does it go on?
//! What runs here is what every build can afford. `.ci/accidents` runs the same with larger numbers, kills and faults of
//! the real program at every system call besides, and prints the figures.

mod before_seal;
mod cheating;
mod commands;
mod every_step;
mod fuzz;
mod hostile;
pub mod injection;
mod interference;
mod killed;
mod order;
mod power;
mod scaling;
mod stage;
mod streams;
mod trace;
