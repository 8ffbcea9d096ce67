/**
 * Why a request failed.
 *
 * Vitae's own errors are `application/problem+json` (RFC 9457, https://www.rfc-editor.org/rfc/rfc9457) with a stable
 * `code`. Other errors, of CloudFront or of the network, have none.
 *
 * @typedef {object} Problem
 * @property {string} code the stable `code`; `network` without a response, `unknown` if the response has no code
 * @property {number} [status] the HTTP status, if there was a response
 * @property {number} [retryAfter] the response's `Retry-After`, in seconds
 */

/** The media type of RFC 9457, section 3. */
const PROBLEM_JSON = "application/problem+json";

/**
 * A `Retry-After` in seconds. The header holds a number of seconds or an HTTP date (RFC 9110, section 10.2.3).
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
 * Reads the problem from a response that is not 2xx. Consumes its body.
 *
 * @param {Response} response
 * @returns {Promise<Problem>}
 */
export async function readProblem(response) {
  const retryAfter = retryAfterSeconds(response.headers.get("Retry-After"), Date.now());
  const type = response.headers.get("Content-Type") ?? "";
  let code = "unknown";
  if (type.startsWith(PROBLEM_JSON)) {
    const body = await response.json().catch(() => null);
    if (typeof body?.code === "string") code = body.code;
  }
  return { code, status: response.status, ...(retryAfter === undefined ? {} : { retryAfter }) };
}
