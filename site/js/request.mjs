/**
 * The form that requests the CV by e-mail. Without this module it is a plain form: the response leads to `/#cv-requested`. With
 * this module the visitor stays on the page and reads the result.
 */
import { sendWithRetries } from "./api.mjs";
import { messageFor } from "./messages.mjs";

/** @param {Window} window */
export function enableCvRequest(window) {
  const { document } = window;
  const form = document.querySelector("#cv-request");
  const status = document.querySelector("#cv-status");
  const requested = document.querySelector("#cv-requested");
  if (!(form instanceof HTMLFormElement) || !(status instanceof HTMLElement)) return;
  const button = form.querySelector("button");
  const owner = document.querySelector('address a[href^="mailto:"]')?.textContent ?? "";

  // The browser has checked that the field is not empty and has an at sign.
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button?.getAttribute("aria-disabled") === "true") return;
    button?.setAttribute("aria-disabled", "true");
    status.textContent = "Sending your request…";

    const email = new FormData(form).get("email");
    // A repeated request has no effect: an address has one outstanding request at a time.
    const result = await sendWithRetries(form.action, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email }),
    });
    if (result.ok) form.reset();
    status.textContent = result.ok ? sentence(requested?.textContent) : messageFor(result.problem, owner);
    button?.removeAttribute("aria-disabled");
  });
}

/**
 * Replaces the button by the form and moves the focus there, if the owner sends the CV on request only. Returns whether the page
 * has the form.
 *
 * @param {Document} document
 * @returns {boolean}
 */
export function showRequestForm(document) {
  const download = document.querySelector("#cv-download");
  const email = document.querySelector("#cv-email");
  const required = document.querySelector("#cv-required");
  if (!(email instanceof HTMLElement)) return false;
  if (download instanceof HTMLElement) download.hidden = true;
  // The status shows the same sentence.
  if (required instanceof HTMLElement) required.hidden = true;
  email.focus();
  return true;
}

/**
 * The text of a paragraph of the page, which is broken into lines.
 *
 * @param {string | null | undefined} text
 */
function sentence(text) {
  return (text ?? "").replace(/\s+/g, " ").trim();
}
