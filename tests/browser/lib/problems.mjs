/** Error responses of the API, for tests of what the page shows: most are hard to provoke from outside. */
import { problems } from "./settings.mjs";

/** Every `code` of the API and its status. */
export const PROBLEMS = problems();

/**
 * An error response as an argument for playwright's `route.fulfill`.
 *
 * @param {string} code
 * @param {number} status
 * @param {Record<string, string>} [headers]
 */
export const problem = (code, status, headers = {}) => ({
  status,
  headers: { "Content-Type": "application/problem+json", ...headers },
  body: JSON.stringify({ type: "about:blank", title: `<b>${code}</b>`, status, code }),
});
