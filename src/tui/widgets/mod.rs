//! What several screens draw: forms, gauges, painted lines.

pub mod form;
pub mod gauge;
pub mod paint;
