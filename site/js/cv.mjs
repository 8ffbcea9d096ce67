/**
 * The CV button. Without this module it is a plain link, which the edge answers with a redirect to the signed URL, or,
 * refused, with one to `/?cv=<code>#cv`. With it the visitor stays on the page and is told what went wrong.
 */
import { ask } from "./api.mjs";
import { isKnown, messageFor } from "./messages.mjs";

/** @param {Window} window */
export function watchCv(window) {
  const { document, location, history } = window;
  const link = document.querySelector("#cv-link");
  const status = document.querySelector("#cv-status");
  const refused = document.querySelector("#cv-refused");
  if (!(link instanceof HTMLAnchorElement) || !(status instanceof HTMLElement)) return;
  const email = document.querySelector('address a[href^="mailto:"]')?.textContent ?? "";

  // The note for visitors without JavaScript says less than we can.
  if (refused instanceof HTMLElement) refused.hidden = true;

  const code = refusalIn(location.search);
  if (code !== null) {
    status.textContent = messageFor({ code }, email);
    // Reloading, or sharing the address, is not being refused again.
    history.replaceState(history.state, "", location.pathname + location.hash);
  }

  link.addEventListener("click", async (event) => {
    // A click meant for a new tab or a download of the link itself stays the browser's.
    if (event.button !== 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.getAttribute("aria-disabled") === "true") return;
    link.setAttribute("aria-disabled", "true");
    status.textContent = "Asking for the CV…";

    const answer = await ask(link.href, { cache: "no-store" });
    const url = answer.ok ? signedUrl(answer.body.url, location) : null;
    if (url !== null) {
      status.textContent = "Here is the CV. Its link works for about a minute.";
      location.assign(url);
    } else {
      status.textContent = messageFor(answer.ok ? { code: "unknown" } : answer.problem, email);
    }
    link.removeAttribute("aria-disabled");
  });

  // Back from the PDF, out of the browser's page cache: yesterday's news.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) status.textContent = "";
  });
}

/**
 * The refusal an address such as `/?cv=internal#cv` speaks of: `null` if none, `unknown` if it is not one of ours.
 *
 * @param {string} search
 * @returns {string | null}
 */
export function refusalIn(search) {
  const code = new URLSearchParams(search).get("cv");
  if (code === null) return null;
  return isKnown(code) ? code : "unknown";
}

/**
 * The URL to go to, if it is on this very site. An answer that points elsewhere is not followed.
 *
 * @param {unknown} url
 * @param {Location} location
 * @returns {string | null}
 */
function signedUrl(url, location) {
  if (typeof url !== "string" || !URL.canParse(url, location.href)) return null;
  const { origin, href } = new URL(url, location.href);
  return origin === location.origin ? href : null;
}
