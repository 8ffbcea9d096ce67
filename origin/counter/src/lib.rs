//! The regional Lambda that counts visits in DynamoDB.
//!
//! The counter is a grow-only counter: one item per region and shard, a region writes only its own, a read sums. So two
//! regions never write one item, which a global table (last writer wins, per item) would answer by losing visits.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-global-table-design-prescriptive-guidance-writemodes.html>
//!
//! Counting is idempotent: the increment is a transaction whose `ClientRequestToken` is the visit's idempotency key, so
//! DynamoDB itself tells a retry from a visit for 10 minutes, whoever retries: page, edge or SDK. After that the same
//! key counts again.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html>
//!
//! A transaction that is cancelled, since it met another one, has written nothing, and its token is not used up: DynamoDB
//! documents that calls after a *successful* one change nothing, and DynamoDB Local executes a cancelled token even with other
//! parameters (`tests/dynamodb_local/tokens.rs`). Were it otherwise, it would still not count twice: a token that is refused
//! writes nothing. So the same transaction is tried again with the same token, by us and by the page.
//!
//! A retry that is another transaction, since midnight or a change of the number of shards lies between, is answered with
//! `IdempotentParameterMismatch`: the visit was counted by the first, on its day and in its shard. A token belongs to the
//! account and region, not to a table: keys must be random, as a UUID is.
//!
//! | item | `pk` | `sk` | attributes |
//! |---|---|---|---|
//! | all visits of a shard | `visits#<region>#<shard>` | `total` | `n` |
//! | its visits of one day (UTC) | the same | `2026-11-20` | `n`, `expires` |
//! | how many shards a region ever used | `visits#regions` | the region | `shards` |
//!
//! The rules are pure functions: event to [`Command`](command::Command), what DynamoDB said to
//! [`Verdict`](verdict::Verdict), [`Outcome`](outcome::Outcome) to response. [`store`] alone talks to DynamoDB.
//!
//! There is no circuit breaker: one request makes one call or two, each bounded by the SDK's retries and the request's
//! deadline, and an environment serves one request at a time, so there is no queue that a breaker could protect.

pub mod command;
pub mod day;
pub mod handler;
pub mod layout;
pub mod log;
pub mod metric;
pub mod outcome;
pub mod pause;
pub mod problem;
pub mod response;
pub mod settings;
pub mod store;
pub mod token;
pub mod transaction;
pub mod verdict;
pub mod wire;
