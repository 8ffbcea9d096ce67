//! Any text as an event: answered or passed on, never a panic, and never what CloudFront or a foreign page must not get.
#![no_main]

mod answered;
mod configured;

use std::cell::RefCell;

use getrandom::SysRng;
use libfuzzer_sys::fuzz_target;
use vitae_edge::Edge;

thread_local! {
    static EDGE: RefCell<Edge> = RefCell::new(configured::configured());
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let outcome = EDGE.with_borrow_mut(|edge| edge.handle(&text, configured::NOW_MS, false, &mut SysRng));
    answered::check(&outcome.result.expect("nothing may wait"));
});
