//! Handles one request, from event to response.

use std::time::Instant;

use aws_lambda_events::lambda_function_urls::{LambdaFunctionUrlRequest, LambdaFunctionUrlResponse};
use serde_json::Value;
use vitae_lambda::{AllowOrigin, Invocation, epoch_ms};

use crate::command::Command;
use crate::day::{Day, Days};
use crate::error::Error;
use crate::outcome::{DayCount, MAX_COUNT, Outcome};
use crate::store::{ReadConsistency, Store};
use crate::token::Token;

/// The result of one invocation.
#[derive(Clone, Debug)]
pub struct HandlerOutput {
    /// The response.
    pub response: LambdaFunctionUrlResponse,
    /// The line to log, which for a newly counted visit is also its metric.
    pub log_line: Value,
}

/// Handles requests, also concurrent ones.
#[derive(Debug)]
pub struct Handler {
    store: Store,
}

impl Handler {
    /// A handler that counts in `store`.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Handles one event. Every event gets a response.
    pub async fn handle(&self, event: Value, invocation: &Invocation) -> HandlerOutput {
        let start = Instant::now();
        // The parser's error may quote a header of the visitor, so it is not logged.
        let request: Option<LambdaFunctionUrlRequest> = serde_json::from_value(event).ok();
        let allow_origin = request.as_ref().map(AllowOrigin::from_request).unwrap_or_default();
        let outcome = match request.as_ref().map(Command::from_request) {
            None => Error::InvalidEvent.into(),
            Some(Err(rejection)) => Outcome::Rejected(rejection),
            Some(Ok(command)) => self.execute_within_deadline(command, invocation).await,
        };
        let log_line = outcome.log_line(epoch_ms(invocation.now), &invocation.request_id, start.elapsed());
        HandlerOutput { response: outcome.response(&allow_origin), log_line }
    }

    async fn execute_within_deadline(&self, command: Command, invocation: &Invocation) -> Outcome {
        let left = invocation.time_left();
        let timed_out = |_| Error::Unavailable(format!("timed out after {} ms", left.as_millis()));
        let result = tokio::time::timeout(left, self.execute(command, epoch_ms(invocation.now) / 1000)).await;
        result.map_err(timed_out).and_then(|outcome| outcome).unwrap_or_else(Outcome::from)
    }

    async fn execute(&self, command: Command, now_s: u64) -> Result<Outcome, Error> {
        match command {
            Command::Count(token) => self.count(&token, now_s).await,
            Command::Read(None) => Ok(Outcome::Read {
                count: checked(self.store.total(ReadConsistency::Eventual, now_s).await?)?,
                days: None,
            }),
            Command::Read(Some(days)) => self.read_days(days, now_s).await,
        }
    }

    async fn count(&self, token: &Token, now_s: u64) -> Result<Outcome, Error> {
        let is_replay = !self.store.count(token, Day::from_epoch_s(now_s)).await?;
        let count = checked(self.store.total(ReadConsistency::Strong, now_s).await?)?;
        Ok(Outcome::Counted { count, is_replay })
    }

    async fn read_days(&self, days: Days, now_s: u64) -> Result<Outcome, Error> {
        let days: Vec<Day> = Day::from_epoch_s(now_s).last(days).collect();
        let Some(&first) = days.first() else { return Err(Error::TooLarge) };
        let visits = self.store.days(first, now_s).await?;
        let day_count = |day: Day| {
            let day = day.to_string();
            let count = checked(visits.per_day.get(&day).copied().unwrap_or(0))?;
            Ok(DayCount { day, count })
        };
        let days = days.into_iter().map(day_count).collect::<Result<_, Error>>()?;
        Ok(Outcome::Read { count: checked(visits.total)?, days: Some(days) })
    }
}

fn checked(count: u64) -> Result<u64, Error> {
    if count > MAX_COUNT { Err(Error::TooLarge) } else { Ok(count) }
}
