/**
 * What a visitor is told when the CV does not come. Codes are for machines: none is ever shown.
 */

const RELOAD = "Reload the page and try again.";
const LATER = "Try again in a moment.";
/** @type {readonly [string, string]} */
const UNKNOWN = ["The CV could not be fetched.", LATER];

/**
 * Per code, what happened and what to do about it. `network` and `unknown` are ours, the others the API's.
 *
 * @type {ReadonlyMap<string, readonly [string, string]>}
 */
const SENTENCES = new Map([
  ["origin_not_allowed", ["The CV can only be fetched from this site’s own address.", "Open the page there and try again."]],
  ["preflight_refused", ["Your browser asked for the CV in a way this site does not accept.", RELOAD]],
  ["not_found", ["The CV is not where this page looks for it. The page may be out of date.", RELOAD]],
  ["method_not_allowed", ["Your browser asked for the CV with a method this site does not take.", RELOAD]],
  ["host_unknown", ["The server does not go by the name in your address bar.", "Check it for typing errors."]],
  ["body_too_large", ["Your browser sent more than this site takes.", RELOAD]],
  ["bad_idempotency_key", ["Your browser’s request arrived garbled.", RELOAD]],
  ["bad_days", ["Your browser asked about days this site does not know.", RELOAD]],
  ["config_unavailable", ["The CV’s link cannot be signed just now.", LATER]],
  ["counter_unavailable", ["The counter cannot be reached just now.", LATER]],
  ["internal", ["Something broke on the server. It is not your fault.", LATER]],
  ["network", ["No answer came.", "Check your connection and try again."]],
  ["unknown", UNKNOWN],
]);

/**
 * Whether this page has a sentence for the code.
 *
 * @param {string} code
 */
export const isKnown = (code) => SENTENCES.has(code);

/**
 * The sentences for a problem. They name no code and repeat nothing that the server or the address bar said.
 *
 * @param {import("./problem.mjs").Problem} problem
 * @param {string} email where the visitor may ask instead; nowhere if empty
 * @returns {string}
 */
export function messageFor({ code, retryAfter }, email) {
  const [what, then] = SENTENCES.get(code) ?? UNKNOWN;
  const again = retryAfter === undefined ? then : `Try again in ${spoken(retryAfter)}.`;
  const instead = email === "" ? "" : ` Or write to ${email} and I will send it.`;
  return `${what} ${again}${instead}`;
}

/** @param {number} seconds */
function spoken(seconds) {
  if (seconds <= 1) return "a second";
  if (seconds < 90) return `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
