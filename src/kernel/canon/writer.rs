//! Writing canonical JSON: any serialisable value, straight into a buffer (RFC 8785 as narrowed by FORMAT.md §1).
//!
//! Members that come out of order are put in order by their spans when their object ends, so that no tree of values
//! is built between a type and its bytes.

use super::members::{List, Object, string};
use super::{MAX_DEPTH, MAX_INTEGER};
use serde::ser::{self, Serialize, Serializer};
use std::fmt::Display;

/// Why a value has no canonical spelling.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotCanonical {
    /// Floats have several spellings; decimals travel as strings.
    #[error("a number is not an integer within ±(2^53−1)")]
    Number,
    /// A NUL would be read differently by other programs.
    #[error("a string contains NUL")]
    Nul,
    /// Deeper than [`MAX_DEPTH`].
    #[error("nested deeper than {MAX_DEPTH}")]
    Depth,
    /// The type does not map to JSON (a map with keys that are no strings, for instance).
    #[error("not expressible as JSON: {0}")]
    Shape(String),
}

impl ser::Error for NotCanonical {
    fn custom<T: Display>(message: T) -> Self {
        Self::Shape(message.to_string())
    }
}

/// Returns the canonical bytes of `value`, without a final line feed.
///
/// # Errors
/// When `value` holds something that has no canonical spelling.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, NotCanonical> {
    let mut out = Vec::new();
    write(value, &mut out)?;
    Ok(out)
}

/// Appends the canonical bytes of `value` to `out`; after an error `out` holds a part of them.
///
/// # Errors
/// As [`encode`].
pub fn write<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) -> Result<(), NotCanonical> {
    write_inside(value, out, 0)
}

/// Appends `value` as it stands inside so many arrays and objects.
///
/// # Errors
/// As [`encode`].
pub(in crate::kernel) fn write_inside<T: Serialize + ?Sized>(
    value: &T,
    out: &mut Vec<u8>,
    depth: usize,
) -> Result<(), NotCanonical> {
    value.serialize(Writer { out, depth })
}

/// Writes one value at its depth.
struct Writer<'a> {
    out: &'a mut Vec<u8>,
    depth: usize,
}

impl<'a> Writer<'a> {
    fn raw(self, bytes: &[u8]) -> Result<(), NotCanonical> {
        self.here()?.out.extend_from_slice(bytes);
        Ok(())
    }

    fn here(self) -> Result<Self, NotCanonical> {
        if self.depth > MAX_DEPTH { Err(NotCanonical::Depth) } else { Ok(self) }
    }

    fn integer(self, value: impl TryInto<i64>) -> Result<(), NotCanonical> {
        match value.try_into() {
            Ok(value) if (-MAX_INTEGER..=MAX_INTEGER).contains(&value) => self.raw(value.to_string().as_bytes()),
            _ => Err(NotCanonical::Number),
        }
    }

    fn list(self, ends: &'static [u8]) -> Result<List<'a>, NotCanonical> {
        let Self { out, depth } = self.here()?;
        Ok(List::begin(out, depth + 1, ends))
    }

    fn object(self, ends: &'static [u8]) -> Result<Object<'a>, NotCanonical> {
        let Self { out, depth } = self.here()?;
        Ok(Object::begin(out, depth + 1, ends))
    }

    /// The object around a variant that holds something: its one member is the name of the variant.
    fn variant(self, name: &str) -> Result<Self, NotCanonical> {
        let Self { out, depth } = self.here()?;
        out.push(b'{');
        string(name, out)?;
        out.push(b':');
        Ok(Self { out, depth: depth + 1 })
    }
}

/// Integers of every width pass the same bounds.
macro_rules! integers {
    ($($method:ident: $type:ty),*) => { $(
        fn $method(self, value: $type) -> Result<(), NotCanonical> {
            self.integer(value)
        }
    )* };
}

impl<'a> Serializer for Writer<'a> {
    type Ok = ();
    type Error = NotCanonical;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = List<'a>;
    type SerializeTupleVariant = List<'a>;
    type SerializeMap = Object<'a>;
    type SerializeStruct = Object<'a>;
    type SerializeStructVariant = Object<'a>;

    fn serialize_bool(self, value: bool) -> Result<(), NotCanonical> {
        self.raw(if value { b"true" } else { b"false" })
    }
    integers!(
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128
    );
    fn serialize_f32(self, _: f32) -> Result<(), NotCanonical> {
        Err(NotCanonical::Number)
    }
    fn serialize_f64(self, _: f64) -> Result<(), NotCanonical> {
        Err(NotCanonical::Number)
    }
    fn serialize_char(self, value: char) -> Result<(), NotCanonical> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(self, value: &str) -> Result<(), NotCanonical> {
        string(value, self.here()?.out)
    }
    fn serialize_bytes(self, value: &[u8]) -> Result<(), NotCanonical> {
        self.collect_seq(value)
    }
    fn serialize_none(self) -> Result<(), NotCanonical> {
        self.raw(b"null")
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), NotCanonical> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), NotCanonical> {
        self.raw(b"null")
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), NotCanonical> {
        self.raw(b"null")
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<(), NotCanonical> {
        self.serialize_str(name)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), NotCanonical> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<(), NotCanonical> {
        let Self { out, depth } = self.variant(name)?;
        value.serialize(Writer { out, depth })?;
        out.push(b'}');
        Ok(())
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a>, NotCanonical> {
        self.list(b"]")
    }
    fn serialize_tuple(self, _: usize) -> Result<List<'a>, NotCanonical> {
        self.list(b"]")
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List<'a>, NotCanonical> {
        self.list(b"]")
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<List<'a>, NotCanonical> {
        self.variant(name)?.list(b"]}")
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Object<'a>, NotCanonical> {
        self.object(b"}")
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Object<'a>, NotCanonical> {
        self.object(b"}")
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Object<'a>, NotCanonical> {
        self.variant(name)?.object(b"}}")
    }
    fn collect_str<T: Display + ?Sized>(self, value: &T) -> Result<(), NotCanonical> {
        self.serialize_str(&value.to_string())
    }
}
