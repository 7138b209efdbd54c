//! How the table of records is read: one row, and everything that is asked of a kind follows.

/// A member that says which step a record is about, or what its signature means, where it says so.
pub(super) trait Says<T> {
    fn says(&self) -> Option<&T>;
}

impl<T> Says<T> for T {
    fn says(&self) -> Option<&T> {
        Some(self)
    }
}

impl<T> Says<T> for Option<T> {
    fn says(&self) -> Option<&T> {
        self.as_ref()
    }
}

/// Answers a column of the table.
macro_rules! column {
    ($data:ident, yes) => {
        true
    };
    ($data:ident, no) => {
        false
    };
    ($data:ident, always) => {
        true
    };
    ($data:ident, never) => {
        false
    };
    ($data:ident, when(|$d:ident| $holds:expr)) => {{
        let $d = $data;
        $holds
    }};
}

/// Makes the record of a row: from its members, or from the kind of work that owns it.
macro_rules! define {
    ([$($doc:tt)*] $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty,)* }) => {
        $($doc)*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$fdoc])* pub $field: $type,)* }
    };
    ([$($doc:tt)*] $name:ident ($module:ident: $($has:ident)*)) => {
        #[doc(no_inline)]
        pub use crate::kernel::work::$module::$name;
    };
}

/// Finds a member of a record by its name among all of its members.
macro_rules! member {
    ($what:ident of $data:ident in { $($(#[$fdoc:meta])* $field:ident: $type:ty,)* }) => {
        member!($what of $data: $($field)*)
    };
    ($what:ident of $data:ident in ($module:ident: $($has:ident)*)) => { member!($what of $data: $($has)*) };
    (gates of $data:ident:) => { &[] };
    (gates of $data:ident: gates $($rest:ident)*) => { &$data.gates };
    (gates of $data:ident: $other:ident $($rest:ident)*) => { member!(gates of $data: $($rest)*) };
    (meaning of $data:ident:) => { None };
    (meaning of $data:ident: meaning $($rest:ident)*) => { $data.meaning.says().copied() };
    (meaning of $data:ident: $other:ident $($rest:ident)*) => { member!(meaning of $data: $($rest)*) };
    (step of $data:ident:) => { None };
    (step of $data:ident: step $($rest:ident)*) => { $data.step.says() };
    // What an answer decides, and the facts of a departure, name the step themselves.
    (step of $data:ident: event $($rest:ident)*) => { $data.event.says() };
    (step of $data:ident: facts $($rest:ident)*) => { $data.facts.says() };
    (step of $data:ident: $other:ident $($rest:ident)*) => { member!(step of $data: $($rest)*) };
}

/// The table of records. A row names its kind, what the rules of trust ask of it, and its members; a row that is
/// silent on a column does not compile.
///
/// - `hands`: who signs it had a hand in the work, and cannot judge it (AR-014).
/// - `substantive`: signatures on the whole run that were given before it do not cover it.
/// - `system`: nobody pressed a key for it; it follows from what is recorded.
/// - `exception`: whoever reviews the run must have seen it.
macro_rules! records {
    ($($(#[$about:meta])* $family:ident($record:ident) { $(
        $(#[$doc:meta])* $name:ident = $kind:literal
        [hands: $hands:ident, substantive: $substantive:ident, system: $system:ident, exception: $($exception:tt)+]
        $members:tt
    )* })*) => {
        $($(define! { [$(#[$doc])*] $name $members })*)*

        /// Something that happened.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "kind", content = "data")]
        pub enum Event {
            $($($(#[$doc])* #[serde(rename = $kind)] $name($name),)*)*
        }

        /// An event by what it belongs to: whoever folds or tells a family names all of its records.
        #[derive(Clone, Copy, Debug)]
        pub enum Family<'a> {
            $($(#[$about])* $family($record<'a>),)*
        }

        $(
            $(#[$about])*
            #[derive(Clone, Copy, Debug)]
            pub enum $record<'a> {
                $($(#[$doc])* $name(&'a $name),)*
            }
        )*

        impl Event {
            /// Every kind, family by family.
            pub const KINDS: &[&'static str] = &[$($($kind,)*)*];

            /// Returns the kind as it stands in the journal.
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self { $($(Self::$name(_) => $kind,)*)* }
            }

            /// Returns it among those that it belongs to.
            #[must_use]
            pub fn family(&self) -> Family<'_> {
                match self { $($(Self::$name(data) => Family::$family($record::$name(data)),)*)* }
            }

            /// Tells whether who signs it had a hand in the work (AR-014).
            #[must_use]
            pub fn is_hands(&self) -> bool {
                match self { $($(Self::$name(_) => column!(data, $hands),)*)* }
            }

            /// Tells whether signatures on the run that were given before do not cover it.
            #[must_use]
            pub fn is_substantive(&self) -> bool {
                match self { $($(Self::$name(_) => column!(data, $substantive),)*)* }
            }

            /// Tells whether nobody pressed a key for it.
            #[must_use]
            pub fn is_of_the_system(&self) -> bool {
                match self { $($(Self::$name(_) => column!(data, $system),)*)* }
            }

            /// Tells whether whoever reviews the run must have seen it.
            #[must_use]
            pub fn is_exception(&self) -> bool {
                match self { $($(Self::$name(data) => { let _ = data; column!(data, $($exception)+) })*)* }
            }

            /// Returns the gates that were evaluated for it.
            #[must_use]
            pub fn gates(&self) -> &[Gate] {
                match self { $($(Self::$name(data) => { let _ = data; member!(gates of data in $members) })*)* }
            }

            /// Returns what the signature means, for a signature act.
            #[must_use]
            pub fn meaning(&self) -> Option<Meaning> {
                match self { $($(Self::$name(data) => { let _ = data; member!(meaning of data in $members) })*)* }
            }

            /// Returns the step that it is about.
            #[must_use]
            pub fn step(&self) -> Option<&StepId> {
                match self { $($(Self::$name(data) => { let _ = data; member!(step of data in $members) })*)* }
            }

            /// Reads an event of `kind` from the JSON of its `data`.
            ///
            /// # Errors
            /// Another kind, or members that are not its own.
            pub fn read(kind: &str, data: &str) -> serde_json::Result<Self> {
                match kind {
                    $($($kind => serde_json::from_str(data).map(Self::$name),)*)*
                    _ => Err(serde::de::Error::unknown_variant(kind, Self::KINDS)),
                }
            }

            /// Returns the JSON Schema of `data` for every kind.
            pub fn schemas() -> Vec<(&'static str, schemars::Schema)> {
                vec![$($(($kind, schemars::schema_for!($name)),)*)*]
            }
        }

        impl Serialize for Data<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self.0 { $($(Event::$name(data) => data.serialize(serializer),)*)* }
            }
        }

        $($(impl From<$name> for Event {
            fn from(data: $name) -> Event {
                Event::$name(data)
            }
        })*)*
    };
}

/// Adds the records of the kinds of work with acts of their own to the table.
macro_rules! with_work {
    ([$($rows:tt)*] $(
        $(#[$doc:meta])* $kind:ident = $word:literal [$($columns:tt)*]
        $(=> $module:ident: $owned:ty {
            $(#[$mdoc:meta])* member $member:ident: $type:ty;
            acts { $($(#[$adoc:meta])* $act:ident,)* }
            records { $($(#[$rdoc:meta])* $record:ident = $rkind:literal [$($trust:tt)*] ($($has:ident)*);)* }
        })?
    )*) => {
        records! {
            $($rows)*
            /// What only one kind of work knows.
            Work(WorkRecord) {
                $($($($(#[$rdoc])* $record = $rkind [$($trust)*] ($module: $($has)*))*)?)*
            }
        }
    };
}

pub(super) use {column, define, member, records, with_work};
