//! What drives the screens: messages in, effects out, the terminal itself.

pub mod app;
pub mod event_loop;
pub mod performer;
pub mod terminal;
