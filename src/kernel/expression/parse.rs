//! Text to tree. Binding, from loose to tight: `or`, `and`, `not`, comparison, `+ -`, `* /`, minus.

use super::MAX_LENGTH;
use crate::kernel::canon::MAX_DEPTH;
use crate::kernel::model::name::Variable;
use crate::kernel::model::number::Number;
use crate::kernel::text::nfc;
use std::collections::BTreeSet;

/// Why a text is not an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxFault {
    /// Longer than [`MAX_LENGTH`].
    #[error("the expression is longer than {MAX_LENGTH} bytes")]
    Length,
    /// Nested deeper than [`MAX_DEPTH`].
    #[error("the expression is nested deeper than {MAX_DEPTH}")]
    Depth,
    /// The text ends where something was expected.
    #[error("the expression ends too early")]
    End,
    /// Something unexpected.
    #[error("`{0}` is not expected there")]
    Unexpected(String),
}

/// What stands between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `in`
    In,
    /// `and`
    And,
    /// `or`
    Or,
}

impl Binary {
    /// Returns the operator as written.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::In => "in",
            Self::And => "and",
            Self::Or => "or",
        }
    }
}

/// One node of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A decimal literal.
    Number(Number),
    /// A text in double quotes.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
    /// An input or parameter.
    Variable(Variable),
    /// `not x`
    Not(Box<Node>),
    /// `-x`
    Negate(Box<Node>),
    /// Two operands and what stands between them.
    Binary(Binary, Box<Node>, Box<Node>),
}

impl Node {
    pub(super) fn collect(&self, found: &mut BTreeSet<Variable>) {
        match self {
            Self::Number(_) | Self::Text(_) | Self::Bool(_) => {}
            Self::Variable(name) => {
                found.insert(name.clone());
            }
            Self::Not(inner) | Self::Negate(inner) => inner.collect(found),
            Self::Binary(_, left, right) => {
                left.collect(found);
                right.collect(found);
            }
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(Number),
    Text(String),
    Word(String),
    Sign(&'static str),
}

const SIGNS: [&str; 12] = ["==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")"];

fn tokens(source: &str) -> Result<Vec<Token>, SyntaxFault> {
    let mut rest = source.trim_start();
    let mut out = Vec::new();
    while let Some(first) = rest.chars().next() {
        let length = if let Some(sign) = SIGNS.iter().find(|s| rest.starts_with(**s)) {
            out.push(Token::Sign(sign));
            sign.len()
        } else if first == '"' {
            let end = rest[1..].find('"').ok_or(SyntaxFault::End)?;
            out.push(Token::Text(nfc(&rest[1..=end])));
            end + 2
        } else if first.is_ascii_digit() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
            let number = rest[..end].parse().map_err(|_| SyntaxFault::Unexpected(rest[..end].to_owned()))?;
            out.push(Token::Number(number));
            end
        } else if first.is_ascii_lowercase() {
            let end = rest.find(|c: char| !matches!(c, 'a'..='z' | '0'..='9' | '_')).unwrap_or(rest.len());
            out.push(Token::Word(rest[..end].to_owned()));
            end
        } else {
            return Err(SyntaxFault::Unexpected(first.to_string()));
        };
        rest = rest[length..].trim_start();
    }
    Ok(out)
}

pub(super) fn parse(source: &str) -> Result<Node, SyntaxFault> {
    if source.len() > MAX_LENGTH {
        return Err(SyntaxFault::Length);
    }
    let tokens = tokens(source)?;
    let mut parser = Parser { tokens, at: 0 };
    let node = parser.binary(0, 0)?;
    match parser.peek() {
        None => Ok(node),
        Some(token) => Err(SyntaxFault::Unexpected(show(token))),
    }
}

fn show(token: &Token) -> String {
    match token {
        Token::Number(n) => n.to_string(),
        Token::Text(t) => format!("\"{t}\""),
        Token::Word(w) => w.clone(),
        Token::Sign(s) => (*s).to_owned(),
    }
}

/// Loose to tight; comparisons do not chain.
const LEVELS: [&[(&str, Binary)]; 5] = [
    &[("or", Binary::Or)],
    &[("and", Binary::And)],
    &[
        ("==", Binary::Equal),
        ("!=", Binary::NotEqual),
        ("<=", Binary::AtMost),
        (">=", Binary::AtLeast),
        ("<", Binary::Less),
        (">", Binary::Greater),
        ("in", Binary::In),
    ],
    &[("+", Binary::Add), ("-", Binary::Subtract)],
    &[("*", Binary::Multiply), ("/", Binary::Divide)],
];
const COMPARISON: usize = 2;

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn operator(&self, level: usize) -> Option<Binary> {
        let text = match self.peek()? {
            Token::Word(word) => word.as_str(),
            Token::Sign(sign) => sign,
            _ => return None,
        };
        LEVELS[level].iter().find(|(sign, _)| *sign == text).map(|(_, binary)| *binary)
    }

    fn binary(&mut self, level: usize, depth: usize) -> Result<Node, SyntaxFault> {
        if level == LEVELS.len() {
            return self.operand(depth);
        }
        if level == COMPARISON && self.peek() == Some(&Token::Word("not".into())) {
            self.at += 1;
            deeper(depth)?;
            return Ok(Node::Not(Box::new(self.binary(level, depth + 1)?)));
        }
        let mut left = self.binary(level + 1, depth)?;
        let mut links = 0;
        while let Some(operator) = self.operator(level) {
            links += 1;
            if level == COMPARISON && links > 1 {
                return Err(SyntaxFault::Unexpected(operator.sign().into()));
            }
            deeper(depth + links)?;
            self.at += 1;
            let right = self.binary(level + 1, depth + links)?;
            left = Node::Binary(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn operand(&mut self, depth: usize) -> Result<Node, SyntaxFault> {
        deeper(depth)?;
        let token = self.peek().cloned().ok_or(SyntaxFault::End)?;
        self.at += 1;
        match token {
            Token::Number(number) => Ok(Node::Number(number)),
            Token::Text(text) => Ok(Node::Text(text)),
            Token::Word(word) if word == "true" || word == "false" => Ok(Node::Bool(word == "true")),
            Token::Word(word) if matches!(word.as_str(), "and" | "or" | "not" | "in") => {
                Err(SyntaxFault::Unexpected(word))
            }
            Token::Word(word) => word.parse().map(Node::Variable).map_err(|_| SyntaxFault::Unexpected(word)),
            Token::Sign("-") => Ok(Node::Negate(Box::new(self.operand(depth + 1)?))),
            Token::Sign("(") => {
                let inner = self.binary(0, depth + 1)?;
                match self.peek() {
                    Some(Token::Sign(")")) => {
                        self.at += 1;
                        Ok(inner)
                    }
                    Some(other) => Err(SyntaxFault::Unexpected(show(other))),
                    None => Err(SyntaxFault::End),
                }
            }
            Token::Sign(sign) => Err(SyntaxFault::Unexpected(sign.into())),
        }
    }
}

fn deeper(depth: usize) -> Result<(), SyntaxFault> {
    if depth >= MAX_DEPTH { Err(SyntaxFault::Depth) } else { Ok(()) }
}
