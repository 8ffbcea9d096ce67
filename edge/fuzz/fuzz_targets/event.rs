//! Any text as an event: there is a result, no panic, and nothing that CloudFront or a foreign page must not get.
#![no_main]

mod result;
mod configured;

use std::cell::RefCell;

use getrandom::SysRng;
use libfuzzer_sys::fuzz_target;
use vitae_edge::Handler;

thread_local! {
    static HANDLER: RefCell<Handler> = RefCell::new(configured::configured());
}

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let output = HANDLER.with_borrow_mut(|handler| handler.handle(&text, configured::NOW_MS, false, &mut SysRng));
    result::check(&output.result.expect("a result"));
});
