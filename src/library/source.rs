//! From a path in a document to its line and column, so that a remark shows the source.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;
use std::fmt;

/// A document as a tree that knows where each part stands.
pub struct Tree(Node);

enum Node {
    Leaf,
    List(Vec<Spanned<Node>>),
    Map(Vec<(Spanned<String>, Spanned<Node>)>),
}

impl Tree {
    /// Reads a document a second time, for its places alone.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        serde_yaml::from_str(text).ok().map(Self)
    }

    /// Returns line and column of the deepest part of a path such as `sections[2].steps[4].title` that exists.
    #[must_use]
    pub fn place(&self, path: &str) -> (u64, u64) {
        let mut node = &self.0;
        let mut place = (1, 1);
        for part in
            path.split('.').flat_map(|p| p.split('[')).map(|p| p.trim_end_matches(']')).filter(|p| !p.is_empty())
        {
            let next = match node {
                Node::Map(members) => members
                    .iter()
                    .find(|(k, _)| k.value == part)
                    .map(|(k, v)| ((k.referenced.line(), k.referenced.column()), v)),
                Node::List(items) => part
                    .parse::<usize>()
                    .ok()
                    .and_then(|i| items.get(i))
                    .map(|v| ((v.referenced.line(), v.referenced.column()), v)),
                Node::Leaf => None,
            };
            let Some((at, inner)) = next else { break };
            place = at;
            node = &inner.value;
        }
        place
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Places)
    }
}

struct Places;

impl<'de> Visitor<'de> for Places {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_str<E>(self, _: &str) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Leaf)
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Node, D::Error> {
        Node::deserialize(inner)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut map = Vec::new();
        while let Some(member) = members.next_entry()? {
            map.push(member);
        }
        Ok(Node::Map(map))
    }
}
