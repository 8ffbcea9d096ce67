//! Reads a policy's JSON.
//!
//! A policy consists of objects with a few known fields, strings that need no escape, and whole numbers. A reader for just
//! that can say what CloudFront would not accept, and rejects duplicate fields, which two parsers may read differently. It
//! has a tenth of the size of a JSON library, in a package that browsers load.

use alloc::string::String;
use alloc::vec::Vec;

use super::document::{Condition, EpochTime, SourceIp, Statement};
use crate::Error;
use crate::quoted::Quoted;

/// Reads the statements of a policy; `json` must have nothing after it.
pub(super) fn statements(json: &str) -> Result<Vec<Statement>, Error> {
    let mut reader = Reader { json, position: 0 };
    let mut statements = None;
    reader.object(|reader, name| match name {
        "Statement" => reader.array(Reader::statement).map(|value| store(&mut statements, value)),
        _ => Ok(Field::Unknown),
    })?;
    reader.skip_space();
    if reader.position < json.len() {
        return Err(reader.expected("the end"));
    }
    required(statements, "Statement")
}

/// The result of reading a field.
enum Field {
    Stored,
    Duplicate,
    Unknown,
}

fn store<T>(slot: &mut Option<T>, value: T) -> Field {
    if slot.replace(value).is_some() { Field::Duplicate } else { Field::Stored }
}

fn required<T>(slot: Option<T>, name: &'static str) -> Result<T, Error> {
    slot.ok_or(Error::MissingPolicyField { name })
}

struct Reader<'a> {
    json: &'a str,
    position: usize,
}

impl<'a> Reader<'a> {
    fn statement(&mut self) -> Result<Statement, Error> {
        let (mut resource, mut condition) = (None, None);
        self.object(|reader, name| match name {
            "Resource" => reader.string().map(|value| store(&mut resource, String::from(value))),
            "Condition" => reader.condition().map(|value| store(&mut condition, value)),
            _ => Ok(Field::Unknown),
        })?;
        Ok(Statement { resource: required(resource, "Resource")?, condition: required(condition, "Condition")? })
    }

    fn condition(&mut self) -> Result<Condition, Error> {
        let (mut date_less_than, mut date_greater_than, mut ip_address) = (None, None, None);
        self.object(|reader, name| match name {
            "DateLessThan" => reader.epoch_time().map(|value| store(&mut date_less_than, value)),
            "DateGreaterThan" => reader.epoch_time().map(|value| store(&mut date_greater_than, value)),
            "IpAddress" => reader.source_ip().map(|value| store(&mut ip_address, value)),
            _ => Ok(Field::Unknown),
        })?;
        Ok(Condition { date_less_than: required(date_less_than, "DateLessThan")?, date_greater_than, ip_address })
    }

    fn epoch_time(&mut self) -> Result<EpochTime, Error> {
        let mut seconds = None;
        self.object(|reader, name| match name {
            "AWS:EpochTime" => reader.number().map(|value| store(&mut seconds, value)),
            _ => Ok(Field::Unknown),
        })?;
        Ok(EpochTime { seconds: required(seconds, "AWS:EpochTime")? })
    }

    fn source_ip(&mut self) -> Result<SourceIp, Error> {
        let mut cidr = None;
        self.object(|reader, name| match name {
            "AWS:SourceIp" => reader.string().map(|value| store(&mut cidr, String::from(value))),
            _ => Ok(Field::Unknown),
        })?;
        Ok(SourceIp { cidr: required(cidr, "AWS:SourceIp")? })
    }

    fn object(&mut self, mut field: impl FnMut(&mut Self, &'a str) -> Result<Field, Error>) -> Result<(), Error> {
        self.expect('{', "an object")?;
        if self.skip('}') {
            return Ok(());
        }
        loop {
            let name = self.string()?;
            self.expect(':', "a colon")?;
            match field(self, name)? {
                Field::Stored => {}
                Field::Duplicate => return Err(Error::DuplicatePolicyField { name: Quoted::new(name) }),
                Field::Unknown => return Err(Error::UnknownPolicyField { name: Quoted::new(name) }),
            }
            if !self.skip(',') {
                return self.expect('}', "a comma or the end of the object");
            }
        }
    }

    fn array<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        self.expect('[', "an array")?;
        if self.skip(']') {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if !self.skip(',') {
                return self.expect(']', "a comma or the end of the array").map(|()| items);
            }
        }
    }

    /// Escapes are errors: nothing in a policy needs one, and one could hide from a reader what the policy grants.
    fn string(&mut self) -> Result<&'a str, Error> {
        self.expect('"', "a string")?;
        let rest = &self.json[self.position..];
        let length = rest.find(|end: char| matches!(end, '"' | '\\') || end < ' ').unwrap_or(rest.len());
        self.position += length;
        if !rest[length..].starts_with('"') {
            return Err(self.expected("a string without escapes, and its closing quote"));
        }
        self.position += 1;
        Ok(&rest[..length])
    }

    fn number(&mut self) -> Result<u64, Error> {
        self.skip_space();
        let rest = &self.json[self.position..];
        let digits = &rest[..rest.find(|end: char| !end.is_ascii_digit()).unwrap_or(rest.len())];
        let next = rest[digits.len()..].chars().next();
        let is_whole = !matches!(next, Some('.' | 'e' | 'E')) && (digits == "0" || !digits.starts_with('0'));
        let number = digits.parse().ok().filter(|_| is_whole);
        let number = number.ok_or_else(|| self.expected("a whole number of seconds"))?;
        self.position += digits.len();
        Ok(number)
    }

    fn expect(&mut self, character: char, description: &'static str) -> Result<(), Error> {
        if self.skip(character) { Ok(()) } else { Err(self.expected(description)) }
    }

    /// Skips white space, then `character` if it is next; returns whether it was.
    fn skip(&mut self, character: char) -> bool {
        self.skip_space();
        let is_next = self.json[self.position..].starts_with(character);
        self.position += if is_next { character.len_utf8() } else { 0 };
        is_next
    }

    fn skip_space(&mut self) {
        let rest = &self.json[self.position..];
        self.position += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn expected(&self, description: &'static str) -> Error {
        Error::PolicySyntax { expected: description, position: self.position }
    }
}
