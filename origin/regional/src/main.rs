//! The program of the regional Lambdas other than the counter.
//!
//! Lambda passes the function's `Handler` setting in `_HANDLER`, which selects the function here. One program takes less time
//! to build than one for each function; each function still has a separate role with its own permissions. The counter is a
//! separate program, because its start and its size matter most.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>

mod function;

use lambda_runtime::Error;

use crate::function::Function;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let variable = |name: &str| std::env::var(name).ok();
    match Function::from_handler(&variable("_HANDLER").unwrap_or_default())? {
        Function::Keys => vitae_keys::run(variable).await,
        Function::Links => vitae_links::run(variable).await,
    }
}
