/**
 * The CV button. Without this module it is a plain link: the edge redirects it to the signed URL or, if it rejects the
 * request, to `/?cv=<code>#cv`, or to the form that requests the CV by e-mail. With this module the visitor stays on the page and reads why the request failed.
 */
import { send } from "./api.mjs";
import { isKnown, messageFor } from "./messages.mjs";
import { showRequestForm } from "./request.mjs";

/** @param {Window} window */
export function enableCvButton(window) {
  const { document, location, history } = window;
  const link = document.querySelector("#cv-link");
  const status = document.querySelector("#cv-status");
  const refused = document.querySelector("#cv-refused");
  if (!(status instanceof HTMLElement)) return;
  const email = document.querySelector('address a[href^="mailto:"]')?.textContent ?? "";

  // The note for visitors without JavaScript is less precise than our messages.
  if (refused instanceof HTMLElement) refused.hidden = true;

  const code = codeFromQuery(location.search);
  if (code !== null) {
    show({ code });
    // A reload or a shared address must not repeat the message.
    history.replaceState(history.state, "", location.pathname + location.hash);
  }

  // The visitor came back from the PDF and the browser restored the page as it was: the message is out of date.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) status.textContent = "";
  });

  /** @param {import("./problem.mjs").Problem} problem */
  function show(problem) {
    // The sentence about the form is the whole message, if the page has the form.
    const isRequired = problem.code === "request_required" && showRequestForm(document);
    status.textContent = messageFor(problem, isRequired ? "" : email);
  }

  // With the gate, the page is uploaded without the button.
  if (!(link instanceof HTMLAnchorElement)) return;
  link.addEventListener("click", async (event) => {
    // A click with a modifier opens a new tab or saves the link: the browser handles it.
    if (event.button !== 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.getAttribute("aria-disabled") === "true") return;
    link.setAttribute("aria-disabled", "true");
    status.textContent = "Fetching the CV…";

    const result = await send(link.href, { cache: "no-store" });
    const url = result.ok ? sameOriginUrl(result.body.url, location) : null;
    if (url !== null) {
      status.textContent = "Here is the CV. Its link expires soon: save the file if you want to keep it.";
      location.assign(url);
    } else {
      show(result.ok ? { code: "unknown" } : result.problem);
    }
    link.removeAttribute("aria-disabled");
  });
}

/**
 * The code in a query such as `?cv=internal`: `null` without one, `unknown` if the page has no message for it.
 *
 * @param {string} search
 * @returns {string | null}
 */
export function codeFromQuery(search) {
  const code = new URLSearchParams(search).get("cv");
  if (code === null) return null;
  return isKnown(code) ? code : "unknown";
}

/**
 * The absolute URL, or `null` if it is not on this site: a response that points elsewhere is not followed.
 *
 * @param {unknown} url
 * @param {Location} location
 * @returns {string | null}
 */
function sameOriginUrl(url, location) {
  if (typeof url !== "string") return null;
  try {
    // `URL.canParse` is missing in Safari 16 and Chrome 119.
    const { origin, href } = new URL(url, location.href);
    return origin === location.origin ? href : null;
  } catch {
    return null;
  }
}
