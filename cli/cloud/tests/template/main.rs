//! What the templates and the workflows say twice, or say that other parts say too, and the rules that they keep.

mod bootstrap;
mod guard;
mod observability;
mod parameters;
mod stack;
mod text;
mod workflows;
