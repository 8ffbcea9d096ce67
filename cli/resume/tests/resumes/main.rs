//! Resumes of different shapes, rendered with the themes of this repository.

mod html;
mod pages;
mod pdf;
mod shapes;
mod site;
