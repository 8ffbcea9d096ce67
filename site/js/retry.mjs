/**
 * When a request may be sent again. Only silence and 5xx are worth it: a 4xx stays a 4xx. All tries together end well
 * within the ten minutes for which DynamoDB remembers a token
 * (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html).
 */

/** Tries in all, the first one included. */
export const TRIES = 4;

/** The longest wait between two tries, in milliseconds. A server that asks for more is not asked again. */
export const LONGEST_WAIT_MS = 30_000;

/** How long one try may take, in milliseconds. */
export const TRY_TIMEOUT_MS = 10_000;

/** The first wait, in milliseconds; it doubles from try to try. */
const FIRST_WAIT_MS = 500;

/**
 * Milliseconds to wait after failed try number `tried` (from 1), or `null` if there is to be no other.
 *
 * @param {number} tried
 * @param {import("./problem.mjs").Problem} problem
 * @param {number} chance from 0 to 1: spreads visitors who failed together
 * @returns {number | null}
 */
export function waitAfter(tried, problem, chance) {
  const worthIt = problem.status === undefined || problem.status >= 500;
  if (!worthIt || tried >= TRIES) return null;
  const backoff = FIRST_WAIT_MS * 2 ** (tried - 1) * (1 + chance / 2);
  const wait = Math.max(backoff, (problem.retryAfter ?? 0) * 1000);
  return wait > LONGEST_WAIT_MS ? null : wait;
}
