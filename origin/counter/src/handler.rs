//! One request from event to response.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_lambda_events::lambda_function_urls::{LambdaFunctionUrlRequest, LambdaFunctionUrlResponse};
use http::HeaderValue;
use serde_json::Value;

use crate::command::Command;
use crate::day::{Day, Days};
use crate::outcome::{DayCount, Failure, Outcome};
use crate::response::{self, ALLOW_ORIGIN, MAX_COUNT};
use crate::store::Store;
use crate::token::Token;
use crate::{log, metric};

/// How long before the function's deadline a request gives up, so that its answer and its log still leave.
const MARGIN: Duration = Duration::from_millis(500);

/// What Lambda says about one invocation.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Lambda's request id, for the log.
    pub request_id: String,
    /// The time at its start, which fixes the visit's day.
    pub now: SystemTime,
    /// When Lambda ends the function.
    pub deadline: SystemTime,
}

/// What an invocation gives back.
#[derive(Clone, Debug)]
pub struct Handled {
    /// The answer.
    pub response: LambdaFunctionUrlResponse,
    /// The lines for stdout: the log and, for a counted visit, the metric.
    pub lines: Vec<String>,
}

/// Serves requests, one after the other or several at once.
#[derive(Debug)]
pub struct Handler {
    store: Store,
}

impl Handler {
    /// A handler on this table.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Serves one event. Whatever it is, there is an answer.
    pub async fn handle(&self, event: Value, invocation: &Invocation) -> Handled {
        let start = Instant::now();
        // The parser's own words might quote a header of the visitor, so they are not logged.
        let event: Option<LambdaFunctionUrlRequest> = serde_json::from_value(event).ok();
        let allow_origin: Option<HeaderValue> =
            event.as_ref().and_then(|event| event.headers.get(ALLOW_ORIGIN).cloned());
        let outcome = match event.as_ref().map(Command::of) {
            None => Failure::NotAnEvent.into(),
            Some(Err(refusal)) => Outcome::Refused(refusal),
            Some(Ok(command)) => self.in_time(command, invocation).await,
        };
        let response = response::respond(&outcome, allow_origin.as_ref());
        let mut lines = vec![log::line(&invocation.request_id, &outcome, response.status_code, start.elapsed())];
        if matches!(outcome, Outcome::Counted { now: true, .. }) {
            lines.push(metric::page_view(epoch_ms(invocation.now)));
        }
        Handled { response, lines }
    }

    async fn in_time(&self, command: Command, invocation: &Invocation) -> Outcome {
        let left = invocation.deadline.duration_since(invocation.now).unwrap_or_default().saturating_sub(MARGIN);
        let late = |_| Failure::Unavailable(format!("no usable answer within {} ms", left.as_millis()));
        let served = tokio::time::timeout(left, self.serve(command, epoch_ms(invocation.now) / 1000)).await;
        served.map_err(late).and_then(|outcome| outcome).unwrap_or_else(Outcome::from)
    }

    async fn serve(&self, command: Command, now: i64) -> Result<Outcome, Failure> {
        match command {
            Command::Count(token) => self.count(&token, now).await,
            Command::Read(None) => Ok(Outcome::Read { count: exact(self.store.total(false, now).await?)?, days: None }),
            Command::Read(Some(days)) => self.days(days, now).await,
        }
    }

    async fn count(&self, token: &Token, now: i64) -> Result<Outcome, Failure> {
        let counted_now = self.store.count(token, Day::of(now)).await?;
        let count = exact(self.store.total(true, now).await?)?;
        Ok(Outcome::Counted { count, now: counted_now })
    }

    async fn days(&self, days: Days, now: i64) -> Result<Outcome, Failure> {
        let days: Vec<Day> = Day::of(now).last(days).collect();
        let Some(&first) = days.first() else { return Err(Failure::TooLarge) };
        let visits = self.store.days(first, now).await?;
        let of_day = |day: Day| {
            let day = day.to_string();
            let count = exact(visits.per_day.get(&day).copied().unwrap_or(0))?;
            Ok(DayCount { day, count })
        };
        let days = days.into_iter().map(of_day).collect::<Result<_, Failure>>()?;
        Ok(Outcome::Read { count: exact(visits.total)?, days: Some(days) })
    }
}

fn exact(count: u64) -> Result<u64, Failure> {
    if count > MAX_COUNT { Err(Failure::TooLarge) } else { Ok(count) }
}

fn epoch_ms(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
