//! Local services for tests and benchmarks of the regional functions.
//!
//! - [`DynamoDbLocal`] is AWS's DynamoDB Local, with transactions, their tokens and consumed capacity. It listens on all
//!   interfaces and has no option to change that, so it runs in a [network namespace](namespace).
//! - [`Microburst`] is a proxy in front of DynamoDB Local that injects [`faults`].
//! - [`Function`] runs a Lambda function's program on a local [Runtime API](RuntimeApi).
//! - [`ministack`] starts a local cloud for one test.
//! - [`secrets`] searches text for private keys.

mod dynamodb_local;
mod error;
pub mod faults;
mod function;
mod microburst;
pub mod ministack;
pub mod namespace;
mod pdf;
mod run;
mod runtime_api;
pub mod secrets;
mod server;

pub use dynamodb_local::{DynamoDbLocal, REGION, Storage, client_config};
pub use error::Error;
pub use function::{Function, Program};
pub use microburst::{Fired, Microburst};
pub use pdf::pdf;
pub use run::{random, scale, seed};
pub use runtime_api::{InvocationResult, RuntimeApi};
