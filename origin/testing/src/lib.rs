//! What the counter is tested and measured with.
//!
//! [DynamoDB Local](DynamoDbLocal) is AWS's own: it knows transactions, their tokens and what they cost. It listens on all
//! interfaces and has no option for that, so everything here runs in a [network namespace](namespace) of its own.
//! [`Microburst`] stands before it where a fault is wanted. [`Function`] is a Lambda function on a Runtime API of ours.

mod dynamodb_local;
mod error;
mod function;
mod microburst;
pub mod ministack;
pub mod namespace;
mod runtime_api;
pub mod secrets;
mod server;

pub use dynamodb_local::{DynamoDbLocal, REGION, Storage, client_of};
pub use error::Failure;
pub use function::{Function, Program};
pub use microburst::{Fired, Microburst};
pub use runtime_api::{Answer, RuntimeApi};
