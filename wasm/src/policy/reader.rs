//! Reads a policy's JSON, and nothing else.
//!
//! A policy is objects of a few known names, strings that need no escape and whole numbers. A reader of just that says
//! what CloudFront would not take, refuses a name that stands twice (of which two programs may believe two things), and
//! is a tenth of a JSON library in a package that browsers load.

use alloc::string::String;
use alloc::vec::Vec;

use super::document::{Condition, EpochTime, SourceIp, Statement};
use crate::Error;
use crate::quoted::Quoted;

/// The statements of the policy that is all of `json`.
pub(super) fn statements(json: &str) -> Result<Vec<Statement>, Error> {
    let mut reader = Reader { json, at: 0 };
    let mut statements = None;
    reader.object(|reader, name| match name {
        "Statement" => reader.array(Reader::statement).map(|read| put(&mut statements, read)),
        _ => Ok(Field::Unknown),
    })?;
    reader.skip_space();
    if reader.at < json.len() {
        return Err(reader.expected("the end"));
    }
    required(statements, "Statement")
}

/// What became of a field.
enum Field {
    Read,
    Twice,
    Unknown,
}

fn put<T>(slot: &mut Option<T>, value: T) -> Field {
    if slot.replace(value).is_some() { Field::Twice } else { Field::Read }
}

fn required<T>(slot: Option<T>, name: &'static str) -> Result<T, Error> {
    slot.ok_or(Error::PolicyLacks { name })
}

struct Reader<'a> {
    json: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn statement(&mut self) -> Result<Statement, Error> {
        let (mut resource, mut condition) = (None, None);
        self.object(|reader, name| match name {
            "Resource" => reader.string().map(|text| put(&mut resource, String::from(text))),
            "Condition" => reader.condition().map(|read| put(&mut condition, read)),
            _ => Ok(Field::Unknown),
        })?;
        Ok(Statement { resource: required(resource, "Resource")?, condition: required(condition, "Condition")? })
    }

    fn condition(&mut self) -> Result<Condition, Error> {
        let (mut date_less_than, mut date_greater_than, mut ip_address) = (None, None, None);
        self.object(|reader, name| match name {
            "DateLessThan" => reader.epoch_time().map(|read| put(&mut date_less_than, read)),
            "DateGreaterThan" => reader.epoch_time().map(|read| put(&mut date_greater_than, read)),
            "IpAddress" => reader.source_ip().map(|read| put(&mut ip_address, read)),
            _ => Ok(Field::Unknown),
        })?;
        Ok(Condition { date_less_than: required(date_less_than, "DateLessThan")?, date_greater_than, ip_address })
    }

    fn epoch_time(&mut self) -> Result<EpochTime, Error> {
        let mut seconds = None;
        self.object(|reader, name| match name {
            "AWS:EpochTime" => reader.number().map(|read| put(&mut seconds, read)),
            _ => Ok(Field::Unknown),
        })?;
        Ok(EpochTime { seconds: required(seconds, "AWS:EpochTime")? })
    }

    fn source_ip(&mut self) -> Result<SourceIp, Error> {
        let mut cidr = None;
        self.object(|reader, name| match name {
            "AWS:SourceIp" => reader.string().map(|text| put(&mut cidr, String::from(text))),
            _ => Ok(Field::Unknown),
        })?;
        Ok(SourceIp { cidr: required(cidr, "AWS:SourceIp")? })
    }

    fn object(&mut self, mut field: impl FnMut(&mut Self, &'a str) -> Result<Field, Error>) -> Result<(), Error> {
        self.take('{', "an object")?;
        if self.takes('}') {
            return Ok(());
        }
        loop {
            let name = self.string()?;
            self.take(':', "a colon")?;
            match field(self, name)? {
                Field::Read => {}
                Field::Twice => return Err(Error::PolicyRepeats { name: Quoted::new(name) }),
                Field::Unknown => return Err(Error::PolicyField { name: Quoted::new(name) }),
            }
            if !self.takes(',') {
                return self.take('}', "a comma or the end of the object");
            }
        }
    }

    fn array<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T, Error>) -> Result<Vec<T>, Error> {
        let mut items = Vec::new();
        self.take('[', "an array")?;
        if self.takes(']') {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if !self.takes(',') {
                return self.take(']', "a comma or the end of the array").map(|()| items);
            }
        }
    }

    /// Nothing in a policy needs an escape, and one could hide what the policy says from whoever reads it.
    fn string(&mut self) -> Result<&'a str, Error> {
        self.take('"', "a string")?;
        let rest = &self.json[self.at..];
        let length = rest.find(|end: char| matches!(end, '"' | '\\') || end < ' ').unwrap_or(rest.len());
        self.at += length;
        if !rest[length..].starts_with('"') {
            return Err(self.expected("a string without escapes, and its closing quote"));
        }
        self.at += 1;
        Ok(&rest[..length])
    }

    fn number(&mut self) -> Result<u64, Error> {
        self.skip_space();
        let rest = &self.json[self.at..];
        let digits = &rest[..rest.find(|end: char| !end.is_ascii_digit()).unwrap_or(rest.len())];
        let after = rest[digits.len()..].chars().next();
        let whole = !matches!(after, Some('.' | 'e' | 'E')) && (digits == "0" || !digits.starts_with('0'));
        let number = digits.parse().ok().filter(|_| whole);
        let number = number.ok_or_else(|| self.expected("a whole number of seconds"))?;
        self.at += digits.len();
        Ok(number)
    }

    fn take(&mut self, character: char, what: &'static str) -> Result<(), Error> {
        if self.takes(character) { Ok(()) } else { Err(self.expected(what)) }
    }

    fn takes(&mut self, character: char) -> bool {
        self.skip_space();
        let there = self.json[self.at..].starts_with(character);
        self.at += if there { character.len_utf8() } else { 0 };
        there
    }

    fn skip_space(&mut self) {
        let rest = &self.json[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn expected(&self, what: &'static str) -> Error {
        Error::PolicyJson { expected: what, position: self.at }
    }
}
