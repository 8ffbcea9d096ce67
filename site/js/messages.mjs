/** The messages that a visitor reads when the CV cannot be fetched. No message shows a code: codes are for programs. */

const RELOAD = "Reload the page and try again.";
const LATER = "Try again in a moment.";
/** @type {readonly [string, string]} */
const UNKNOWN = ["The CV could not be fetched.", LATER];

/**
 * For each code, what happened and what to do about it. The page itself sets `network` and `unknown`; the API sends the
 * others.
 *
 * @type {ReadonlyMap<string, readonly [string, string]>}
 */
const MESSAGES = new Map([
  ["origin_not_allowed", ["The CV can only be fetched from this site’s own address.", "Open the page there and try again."]],
  ["preflight_refused", ["Your browser requested the CV in a way this site does not accept.", RELOAD]],
  ["not_found", ["There is nothing at this address: the page may be out of date, or a link incomplete.", RELOAD]],
  ["method_not_allowed", ["Your browser requested the CV with a method this site does not accept.", RELOAD]],
  ["host_unknown", ["This server does not know the name in your address bar.", "Check it for typing errors."]],
  ["body_too_large", ["Your browser sent more data than this site accepts.", RELOAD]],
  ["bad_idempotency_key", ["Your browser’s request arrived garbled.", RELOAD]],
  ["bad_days", ["Your browser requested a number of days that this site does not offer.", RELOAD]],
  ["bad_request", ["This is not a valid e-mail address.", "Check it and try again."]],
  ["request_required", ["The CV is sent by e-mail.", "Enter your address, and a link follows."]],
  ["link_unknown", ["This link to the CV is not known here.", "Check that it is complete."]],
  ["link_revoked", ["This link to the CV was withdrawn.", "A new one may be available."]],
  ["link_expired", ["This link to the CV has expired.", "A new one may be available."]],
  ["config_unavailable", ["The CV’s link cannot be signed just now.", LATER]],
  ["counter_unavailable", ["The counter cannot be reached just now.", LATER]],
  ["type_not_accepted", ["Only PDF, DOCX, ODT, TXT and MD files are accepted.", "Choose another file."]],
  ["file_too_large", ["The file is larger than 10 MB.", "Choose a smaller one."]],
  ["upload_unknown", ["This upload is not known here.", "Send the file again."]],
  ["too_many_requests", ["Too many files are on their way just now.", "Try again later."]],
  ["inbox_unavailable", ["The file cannot be taken just now.", LATER]],
  ["links_unavailable", ["The CV cannot be sent just now.", LATER]],
  ["internal", ["Something broke on the server. It is not your fault.", LATER]],
  ["network", ["The server did not respond.", "Check your connection and try again."]],
  ["unknown", UNKNOWN],
]);

/**
 * Whether there is a message for the code.
 *
 * @param {string} code
 */
export const isKnown = (code) => MESSAGES.has(code);

/**
 * The message for a problem. It names no code and repeats no text of the server's or the address bar's.
 *
 * @param {import("./problem.mjs").Problem} problem
 * @param {string} email where the visitor can write instead; may be empty
 * @returns {string}
 */
export function messageFor({ code, retryAfter }, email) {
  const [cause, remedy] = MESSAGES.get(code) ?? UNKNOWN;
  const retry = retryAfter === undefined ? remedy : `Try again in ${duration(retryAfter)}.`;
  const alternative = email === "" ? "" : ` Or write to ${email} and I will send it.`;
  return `${cause} ${retry}${alternative}`;
}

/** @param {number} seconds */
function duration(seconds) {
  if (seconds <= 1) return "a second";
  if (seconds < 90) return `${seconds} seconds`;
  if (seconds < 90 * 60) return `${Math.ceil(seconds / 60)} minutes`;
  return `${Math.ceil(seconds / 3600)} hours`;
}
