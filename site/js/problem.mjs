/**
 * What went wrong with a request, in one shape for refusals and for silence.
 *
 * Vitae's own errors are `application/problem+json` (RFC 9457, https://www.rfc-editor.org/rfc/rfc9457) with a stable
 * `code`. Errors of the network between here and there carry none.
 *
 * @typedef {object} Problem
 * @property {string} code the stable `code` of the answer, `network` if there was no answer, `unknown` if it had no code
 * @property {number} [status] the HTTP status, if there was an answer
 * @property {number} [retryAfter] seconds the server asks to wait, if it said so
 */

/** The media type of RFC 9457, section 3. */
const PROBLEM_JSON = "application/problem+json";

/**
 * Seconds of a `Retry-After`, which is a number of seconds or an HTTP date (RFC 9110, section 10.2.3).
 *
 * @param {string | null} value
 * @param {number} now milliseconds since the epoch
 * @returns {number | undefined}
 */
export function retryAfterSeconds(value, now) {
  if (value === null) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}

/**
 * Reads the problem out of an answer that is not 2xx. Consumes its body.
 *
 * @param {Response} response
 * @returns {Promise<Problem>}
 */
export async function problemOf(response) {
  const retryAfter = retryAfterSeconds(response.headers.get("Retry-After"), Date.now());
  const type = response.headers.get("Content-Type") ?? "";
  let code = "unknown";
  if (type.startsWith(PROBLEM_JSON)) {
    const body = await response.json().catch(() => null);
    if (typeof body?.code === "string") code = body.code;
  }
  return { code, status: response.status, ...(retryAfter === undefined ? {} : { retryAfter }) };
}
