//! The domain pack: the everyday language of a field of work (FORMAT.md §2).

use crate::kernel::documents::unit::Unit;
use crate::kernel::model::deviation::{Class, ItemDisposition, ProcessDisposition, Trigger};
use crate::kernel::model::name::{Identifier, ReasonCode, Tag, UnitId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The format line of a domain pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum PackFormat {
    /// The only version.
    #[serde(rename = "asrun.pack.v1")]
    V1,
}

/// Words, units, tags and reason codes of a field of work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Always `asrun.pack.v1`.
    pub format: PackFormat,
    /// Its name.
    pub id: Identifier,
    /// Its version.
    pub version: Identifier,
    /// Shown on every screen and report, for example that a demo is not for real work.
    #[serde(default)]
    pub banner: Option<String>,
    /// Our word (a noun of the terms or a role) → the field's word.
    #[serde(default)]
    pub terms: BTreeMap<Identifier, String>,
    /// Units that numbers may have.
    #[serde(default)]
    pub units: Vec<Unit>,
    /// Components by their labels.
    #[serde(default)]
    pub tags: Vec<ComponentTag>,
    /// Why reality differs from the plan.
    pub reason_codes: Vec<ReasonCodeEntry>,
}

impl Pack {
    /// Returns how a unit is printed.
    #[must_use]
    pub fn symbol<'a>(&'a self, unit: &'a UnitId) -> &'a str {
        self.units.iter().find(|u| u.id == *unit).and_then(|u| u.symbol.as_deref()).unwrap_or(unit.as_str())
    }

    /// Returns the name of a component.
    #[must_use]
    pub fn component(&self, tag: &Tag) -> Option<&str> {
        self.tags.iter().find(|t| t.id == *tag).map(|t| t.name.as_str())
    }

    /// Returns the entry of a reason code.
    #[must_use]
    pub fn code(&self, code: &ReasonCode) -> Option<&ReasonCodeEntry> {
        self.reason_codes.iter().find(|entry| entry.code == *code)
    }
}

/// A labelled component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ComponentTag {
    /// The label.
    pub id: Tag,
    /// What it is.
    pub name: String,
}

/// Groups of reason codes, the same in every field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum ReasonGroup {
    /// Equipment.
    Eqp,
    /// Material or part.
    Mat,
    /// Measurement or instrument.
    Mea,
    /// Environment.
    Env,
    /// Access or site.
    Acc,
    /// Procedure text or logic.
    Pro,
    /// People or qualification.
    Per,
    /// Time.
    Tim,
    /// Identification.
    Idn,
    /// Record or evidence.
    Doc,
    /// Safety.
    Saf,
    /// Third party or utility.
    Ext,
    /// Emergency.
    Emg,
}

impl ReasonGroup {
    /// Returns what the group is about.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Eqp => "equipment",
            Self::Mat => "material or part",
            Self::Mea => "measurement or instrument",
            Self::Env => "environment",
            Self::Acc => "access or site",
            Self::Pro => "procedure text or logic",
            Self::Per => "people or qualification",
            Self::Tim => "time",
            Self::Idn => "identification",
            Self::Doc => "record or evidence",
            Self::Saf => "safety",
            Self::Ext => "third party or utility",
            Self::Emg => "emergency",
        }
    }
}

/// What a reason code demands in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FormDemand {
    /// A description in words.
    Description,
    /// A photograph.
    Photo,
    /// The item that is affected.
    AffectedItem,
    /// A supervisor among those who accept it.
    Supervisor,
}

/// One reason code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonCodeEntry {
    /// The code.
    pub code: ReasonCode,
    /// What it says.
    pub label: String,
    /// Its group.
    pub group: ReasonGroup,
    /// The class a deviation with this code has at least.
    pub default_class: Class,
    /// Triggers it may be used for; any when empty.
    #[serde(default)]
    pub triggers: Vec<Trigger>,
    /// What the form demands.
    #[serde(default)]
    pub requires: Vec<FormDemand>,
    /// Process dispositions it allows; any when empty.
    #[serde(default)]
    pub process: Vec<ProcessDisposition>,
    /// Item dispositions it allows; any when empty.
    #[serde(default)]
    pub item: Vec<ItemDisposition>,
    /// Help for the person who fills the form.
    #[serde(default)]
    pub hint: Option<String>,
}
