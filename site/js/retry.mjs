/**
 * When to repeat a failed request. Only lost responses and 5xx are retried: a 4xx would stay a 4xx. All attempts
 * together end well within the ten minutes for which DynamoDB remembers a token
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html).
 */

/** The number of attempts, including the first. */
export const MAX_ATTEMPTS = 4;

/** The longest delay between two attempts, in milliseconds. If the server asks for more, there is no other attempt. */
export const MAX_DELAY_MS = 30_000;

/** The timeout of one attempt, in milliseconds. */
export const ATTEMPT_TIMEOUT_MS = 10_000;

/** The first delay, in milliseconds; it doubles with each attempt. */
const INITIAL_DELAY_MS = 500;

/**
 * Milliseconds to wait after a failed attempt, or `null` if it was the last.
 *
 * @param {number} attempt the number of attempts so far, from 1
 * @param {import("./problem.mjs").Problem} problem
 * @param {number} jitter from 0 to 1; spreads visitors whose requests failed at the same time
 * @returns {number | null}
 */
export function retryDelay(attempt, problem, jitter) {
  const isRetryable = problem.status === undefined || problem.status >= 500;
  if (!isRetryable || attempt >= MAX_ATTEMPTS) return null;
  const backoff = INITIAL_DELAY_MS * 2 ** (attempt - 1) * (1 + jitter / 2);
  const delay = Math.max(backoff, (problem.retryAfter ?? 0) * 1000);
  return delay > MAX_DELAY_MS ? null : delay;
}
