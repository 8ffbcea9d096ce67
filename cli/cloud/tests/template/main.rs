//! Tests of the templates, their guard rules and the workflows: values that appear twice must agree, in the templates
//! and with the code.

mod bootstrap;
mod document;
mod guard;
mod handlers;
mod inbox;
mod linters;
mod observability;
mod parameters;
mod policies;
mod readme;
mod stack;
mod text;
mod workflows;
