//! The regional Lambda that counts visits in DynamoDB.
//!
//! The counter is a grow-only counter: there is one item per region and shard, a region writes only its own items, and a
//! read sums all of them. So two regions never write the same item. A global table, in which the last writer of an item
//! wins, would lose visits otherwise.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-global-table-design-prescriptive-guidance-writemodes.html>
//!
//! Counting is idempotent: the increment is a transaction whose `ClientRequestToken` is the visit's idempotency key. For
//! 10 minutes DynamoDB itself distinguishes a retry from a visit, whether the page, the edge or the SDK retries. After
//! that the same key counts again.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html>
//!
//! A transaction that is cancelled by a conflict has written nothing, and its token is still unused: DynamoDB documents that
//! calls after a *successful* one change nothing, and DynamoDB Local executes a cancelled token even with other parameters
//! (`tests/dynamodb_local/tokens.rs`). If that were wrong, the visit would still not count twice: a rejected token writes
//! nothing. So the function and the page retry the same transaction with the same token.
//!
//! A retry after midnight or after a change of the number of shards is a different transaction. DynamoDB rejects it with
//! `IdempotentParameterMismatch`: the first transaction counted the visit, on its day and in its shard. A token belongs to
//! the account and region, not to a table: keys must be random, as a UUID is.
//!
//! | item | `pk` | `sk` | attributes |
//! |---|---|---|---|
//! | all visits of a shard | `visits#<region>#<shard>` | `total` | `n` |
//! | its visits of one day (UTC) | the same | `2026-11-20` | `n`, `expires` |
//! | the most shards a region ever used | `visits#regions` | the region | `shards` |
//!
//! The rules are pure functions: event to [`Command`](command::Command), DynamoDB's result to
//! [`TransactionResult`](vitae_lambda::TransactionResult), [`Outcome`](outcome::Outcome) to response. Only [`store`]
//! calls DynamoDB.
//!
//! There is no circuit breaker: a request makes one call or two, each bounded by the SDK's retries and the request's
//! deadline. An environment serves one request at a time, so there is no queue that a breaker could protect.

pub mod command;
pub mod day;
pub mod error;
pub mod handler;
pub mod outcome;
pub mod settings;
pub mod shards;
pub mod store;
pub mod token;
pub mod transaction;
