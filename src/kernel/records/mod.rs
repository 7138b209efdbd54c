//! What happened: what somebody wants, the record of it, and what is signed over a whole run.

pub mod archive;
pub mod event;
pub mod intent;
pub mod receipt;
pub mod record;
pub mod request;
pub mod sign_off;
mod table;
pub mod turnover;
