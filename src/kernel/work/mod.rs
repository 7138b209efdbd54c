//! The kinds of work that a step can be: one row each. What a kind with acts of its own owns lies in its own file.

pub mod calculate;
pub mod call;
pub mod communicate;
pub mod kind;
pub mod poll;
pub mod sample;
pub mod witness;

use kind::{Around, Holds, Kind, Remembers};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The table of the kinds of work. It is handed, behind what stands in brackets, to the macro that asks for it, so that
/// steps, acts, records and the run all follow from one row.
///
/// - `begins_anew`: it is work that can begin anew; what another person says is said once.
/// - `has_result`: pass or fail is recorded before it is performed.
/// - `is_performed`: the performer says `done`; the others end by an act of their own.
/// - `member`: what the author writes for it alone. `acts`: what only it knows. `records`: what becomes of them, with
///   the columns of the table of records, and which of the members that every face asks for it has.
macro_rules! works {
    ($reader:ident! $($context:tt)*) => { $reader! { [$($context)*]
        /// Do one thing to one object.
        Action = "action" [begins_anew: yes, has_result: no, is_performed: yes]
        /// Make sure that something is so; manipulation may be needed.
        Verify = "verify" [begins_anew: yes, has_result: yes, is_performed: yes]
        /// Compare, without manipulation.
        Check = "check" [begins_anew: yes, has_result: yes, is_performed: yes]
        /// Take readings.
        Record = "record" [begins_anew: yes, has_result: no, is_performed: yes]
        /// Take rows of readings, as many as there turn out to be.
        Sample = "sample" [begins_anew: yes, has_result: no, is_performed: yes]
            => sample: crate::kernel::work::sample::Sample {
                /// What a `sample` step reads of each row.
                member sample: Option<crate::kernel::work::sample::Sample>;
                acts {
                    /// Take one row of a sample.
                    TakeSample,
                }
                records {
                    /// A row of a sample was taken.
                    SampleTaken = "sample.taken"
                        [hands: yes, substantive: yes, system: no, exception: never] (gates step);
                }
            }
        /// Choose a branch.
        Decision = "decision" [begins_anew: no, has_result: no, is_performed: no]
        /// Stop until a named role releases.
        Hold = "hold" [begins_anew: no, has_result: no, is_performed: no]
        /// Read and acknowledge.
        Acknowledge = "acknowledge" [begins_anew: no, has_result: no, is_performed: no]
        /// Let the machine work out a number.
        Calculate = "calculate" [begins_anew: yes, has_result: no, is_performed: yes]
            => calculate: crate::kernel::work::calculate::Calc {
                /// What a `calculate` step works out.
                member calc: Option<crate::kernel::work::calculate::Calc>;
                acts {
                    /// Let a number be worked out.
                    Calculate,
                }
                records {
                    /// A number was worked out.
                    CalculationMade = "calculation.made"
                        [hands: yes, substantive: yes, system: no, exception: never] (gates step);
                }
            }
        /// Let time pass.
        Wait = "wait" [begins_anew: yes, has_result: no, is_performed: yes]
        /// Give notice, and let a witness come.
        Witness = "witness" [begins_anew: no, has_result: no, is_performed: no]
            => witness: crate::kernel::work::witness::WitnessPoint {
                /// Whom a `witness` step tells.
                member witness: Option<crate::kernel::work::witness::WitnessPoint>;
                acts {
                    /// Give a witness notice.
                    NotifyWitness,
                    /// Record whether the witness came.
                    Attend,
                }
                records {
                    /// A witness was given notice.
                    WitnessNotified = "witness.notified"
                        [hands: yes, substantive: yes, system: no, exception: never] (gates step);
                    /// The witness came, or did not.
                    WitnessAttended = "witness.attended"
                        [hands: no, substantive: yes, system: no, exception: never] (gates meaning step);
                }
            }
        /// Ask every named role; one no is a no.
        GoNoGo = "go_no_go" [begins_anew: no, has_result: no, is_performed: no]
            => poll: Vec<crate::kernel::work::poll::PollEntry> {
                /// Which roles a `go_no_go` step asks, and how many persons of each.
                member poll: Vec<crate::kernel::work::poll::PollEntry>;
                acts {
                    /// Answer go or no-go for a role.
                    Poll,
                }
                records {
                    /// A role answered go or no-go.
                    PollRecorded = "poll.recorded"
                        [hands: no, substantive: yes, system: no, exception: never] (gates meaning step);
                }
            }
        /// Tell somebody.
        Communicate = "communicate" [begins_anew: yes, has_result: no, is_performed: no]
            => communicate: crate::kernel::work::communicate::Message {
                /// What a `communicate` step says.
                member communicate: Option<crate::kernel::work::communicate::Message>;
                acts {
                    /// Say something to somebody.
                    Communicate,
                }
                records {
                    /// Something was said to somebody, and perhaps repeated back.
                    CommunicationRecorded = "communication.recorded"
                        [hands: yes, substantive: yes, system: no, exception: never] (gates step);
                }
            }
        /// Look, and keep evidence of what was seen.
        Inspect = "inspect" [begins_anew: yes, has_result: yes, is_performed: yes]
        /// Have another procedure executed.
        Call = "call" [begins_anew: no, has_result: no, is_performed: no]
            => call: crate::kernel::work::call::Called {
                /// What a `call` step has executed.
                member call: Option<crate::kernel::work::call::Called>;
                acts {
                    /// Name the bundle of the called procedure.
                    Call,
                }
                records {
                    /// Another procedure was executed; its bundle is named.
                    CallRecorded = "call.recorded"
                        [hands: yes, substantive: yes, system: no, exception: never] (gates step);
                }
            }
    } };
}

pub(in crate::kernel) use works;

/// Answers a column of the table.
macro_rules! column {
    (yes) => {
        true
    };
    (no) => {
        false
    };
}

/// What this file makes of the table: the closed list, what is remembered, what is waited for, and every act at once.
macro_rules! kinds {
    ([] $(
        $(#[$doc:meta])* $kind:ident = $word:literal
        [begins_anew: $anew:ident, has_result: $result:ident, is_performed: $performed:ident]
        $(=> $module:ident: $owned:ty {
            $(#[$mdoc:meta])* member $member:ident: $type:ty;
            acts { $($(#[$adoc:meta])* $act:ident,)* }
            records { $($(#[$rdoc:meta])* $record:ident = $rkind:literal [$($columns:tt)*] ($($has:ident)*);)* }
        })?
    )*) => {
        /// What kind of work a step is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        pub enum StepType {
            $($(#[$doc])* #[serde(rename = $word)] $kind,)*
        }

        impl StepType {
            /// Returns the word of the language.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$kind => $word,)* }
            }

            /// Tells whether it is work that can begin anew; what another person says is said once.
            #[must_use]
            pub fn begins_anew(self) -> bool {
                match self { $(Self::$kind => column!($anew),)* }
            }

            /// Tells whether a pass or fail result is recorded before the step is performed.
            #[must_use]
            pub fn has_result(self) -> bool {
                match self { $(Self::$kind => column!($result),)* }
            }

            /// Tells whether the performer says `done`; the other kinds end by an act of their own.
            #[must_use]
            pub fn is_performed(self) -> bool {
                match self { $(Self::$kind => column!($performed),)* }
            }

            /// Returns the member of a step that this kind needs and no other kind may have.
            #[must_use]
            pub fn member(self) -> Option<&'static str> {
                match self { $(Self::$kind => None$(.or(Some(stringify!($member))))?,)* }
            }
        }

        /// What is remembered of the kinds of work in one attempt; a step is of one kind, and the others remember nothing.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct States {
            $($(
                #[doc = concat!("Of `", $word, "`.")]
                pub $module: <$owned as Kind>::State,
            )?)*
        }

        /// What a step of a kind with acts of its own waits for.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Waits {
            $($(#[doc = concat!("At a `", $word, "` step.")] $kind($module::Waits),)?)*
        }

        $($(impl Remembers<$owned> for States {
            fn of(&self) -> &<$owned as Kind>::State {
                &self.$module
            }
            fn of_mut(&mut self) -> &mut <$owned as Kind>::State {
                &mut self.$module
            }
        })?)*

        /// Whatever any act of any kind of work can become.
        pub trait Acts: Sized $($($(+ From<$module::$act>)*)?)* {}

        impl<T: Sized $($($(+ From<$module::$act>)*)?)*> Acts for T {}

        impl Waits {
            /// Returns what a step of a kind with acts of its own waits for now.
            pub fn of<S>(step: &S, states: &States, around: &dyn Around) -> Vec<Self>
            where
                S: $($(Holds<$owned> +)?)*
            {
                let mut waits = Vec::new();
                $($(
                    if let Some(own) = Holds::<$owned>::own(step) {
                        waits.extend(own.waits(&states.$module, around).into_iter().map(Self::$kind));
                    }
                )?)*
                waits
            }

            /// Returns the act that gives the step what it waits for, and the role that does it where it is not the
            /// performer's.
            pub fn pass<S, I: Acts>(
                &self,
                step: &S,
                at: &dyn kind::Pass,
            ) -> Option<(Option<crate::kernel::model::name::Role>, I)>
            where
                S: $($(Holds<$owned> +)?)*
            {
                match self {
                    $($(Self::$kind(waits) => Holds::<$owned>::own(step)?.pass(waits, at),)?)*
                }
            }
        }
    };
}

works!(kinds!);
