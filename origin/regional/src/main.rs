//! The program of the regional Lambdas other than the counter.
//!
//! Lambda passes the function's `Handler` setting in `_HANDLER`, which selects the function here. One program takes less time
//! to build than one for each function; each function still has a separate role with its own permissions. The counter is a
//! separate program, because its start and its size matter most.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>

// The futures of the SDK's calls are nested deeply.
#![recursion_limit = "256"]

mod function;

use std::process::ExitCode;

use lambda_runtime::Error;
use vitae_inbox::summary::process::{is_child, run_child};

use crate::function::Function;

fn main() -> Result<ExitCode, Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // The function of the inbox's events starts this program again, to read a stranger's file within limits.
    if is_child(&arguments) {
        return Ok(run_child(&arguments).into());
    }
    serve().map(|()| ExitCode::SUCCESS)
}

#[tokio::main(flavor = "current_thread")]
async fn serve() -> Result<(), Error> {
    let variable = |name: &str| std::env::var(name).ok();
    // Boxed: the compiler would otherwise compute the layout of all of them as one type.
    match Function::from_handler(&variable("_HANDLER").unwrap_or_default())? {
        Function::Keys => Box::pin(vitae_keys::run(variable)).await,
        Function::Links => Box::pin(vitae_links::run(variable)).await,
        Function::Inbox => Box::pin(vitae_inbox::http::run(variable)).await,
        Function::InboxEvents => Box::pin(vitae_inbox::events::run(variable)).await,
    }
}
