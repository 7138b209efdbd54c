//! What the terminal does outside of itself, in the words of the flows.

pub mod draft_file;
pub mod exchange;
pub mod folder;
pub mod home;
pub mod sign_off;
