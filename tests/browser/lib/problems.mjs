/** Answers of the API that are hard to bring about from outside, for what the page shows of them only. */

/** Every `code` that the API can answer with, and its status. */
export const CODES = {
  origin_not_allowed: 403,
  preflight_refused: 403,
  not_found: 404,
  method_not_allowed: 405,
  host_unknown: 421,
  body_too_large: 413,
  bad_idempotency_key: 400,
  bad_days: 400,
  config_unavailable: 503,
  counter_unavailable: 503,
  internal: 500,
};

/**
 * @param {string} code
 * @param {number} status
 * @param {Record<string, string>} [headers]
 * @returns what playwright's `route.fulfill` takes
 */
export const problem = (code, status, headers = {}) => ({
  status,
  headers: { "Content-Type": "application/problem+json", ...headers },
  body: JSON.stringify({ type: "about:blank", title: `<b>${code}</b>`, status, code }),
});
