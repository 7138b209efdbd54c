//! What authors, owners and managers write: procedures, packs, profiles, rosters, and the package that locks them.

pub mod approval;
pub mod clock;
pub mod group;
pub mod pack;
pub mod package;
pub mod permit;
pub mod policy;
pub mod procedure;
pub mod required;
pub mod roster;
pub mod standing;
pub mod step;
pub mod step_signature;
pub mod term;
pub mod unit;
pub mod watch;
