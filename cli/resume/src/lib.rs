//! A resume in the [JSON Resume] schema, version 1.0.0: checks it, and renders the page and the PDF of a site.
//!
//! From the file to the site:
//! 1. [`check`] finds what violates the schema, with line and column. [`resume`] has its types.
//! 2. [`page`] turns a resume into the model of a page: every text once, no empty section, safe links, and the train [`graph`].
//! 3. [`theme`] renders the model with the templates of a theme; [`typst`] makes the PDF from the same model.
//! 4. [`build`] reads and writes the folders.
//!
//! [`import`] makes a resume from a file of another version or service.
//!
//! All rules are pure; [`theme`], [`build`] and [`typst`] read and write files.
//!
//! [JSON Resume]: https://jsonresume.org/schema

pub mod build;
pub mod check;
pub mod date;
pub mod graph;
pub mod import;
pub mod language;
pub mod link;
mod output;
pub mod page;
pub mod resume;
mod schema;
pub mod theme;
pub mod typst;

pub use self::{
    build::{Build, BuildError, Built},
    check::{Finding, Severity, check},
    date::Today,
    resume::{InvalidResume, Resume},
    typst::{Typst, TypstError},
};
