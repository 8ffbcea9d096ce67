/**
 * "Send me a brief": uploads a file and follows its status. The form is shown by this module only; without it, the visitor sees an
 * e-mail address.
 */
import { send, sendWithRetries } from "./api.mjs";
import { messageFor } from "./messages.mjs";

/**
 * An upload that was requested: the file, and the form with which the bucket accepts it until `expires`, in seconds since 1970.
 *
 * @typedef {{ file: File, id: string, url: string, fields: Record<string, string>, expires: number }} Upload
 * @typedef {import("./problem.mjs").Problem} Problem
 * @typedef {"sent" | "lost" | "rejected"} Posted whether the bucket accepted a file; `lost` if there was no response
 */

/** The media type of each accepted extension. A browser may know none, or another one. */
const TYPES = new Map([
  ["pdf", "application/pdf"],
  ["docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
  ["odt", "application/vnd.oasis.opendocument.text"],
  ["txt", "text/plain"],
  ["md", "text/markdown"],
]);

/** What a visitor reads for each status that is final. */
const RESULTS = new Map([
  ["clean", "Your file was scanned and has arrived. Thank you."],
  ["quarantined", "Your file was not accepted: its content is not what its name says, it has a password, or it contains malware."],
  ["failed", "Your file could not be scanned."],
]);

/** The messages for problems that have another meaning here than for the CV. */
const MESSAGES = new Map([
  ["bad_request", "This file cannot be sent: it is empty, or its name is not accepted. Choose another one."],
  ["origin_not_allowed", "Files are accepted on this site’s own address only. Open the page there and try again."],
  ["unknown", "The file could not be sent. Try again in a moment."],
]);

/** How often the status is read, in milliseconds, and how many times: two minutes in all. */
const INTERVAL_MS = 2_000;
const READS = 60;

/** @param {Window} window */
export function enableInbox(window) {
  const { document } = window;
  const form = document.querySelector("#brief-form");
  const input = document.querySelector("#brief-file");
  const progress = document.querySelector("#brief-progress");
  const status = document.querySelector("#brief-status");
  const button = document.querySelector("#brief-send");
  const mail = document.querySelector("#brief-mail");
  if (!(form instanceof HTMLFormElement) || !(input instanceof HTMLInputElement)) return;
  if (!(progress instanceof HTMLProgressElement) || !(status instanceof HTMLElement)) return;
  if (!(button instanceof HTMLButtonElement) || !(mail instanceof HTMLElement)) return;
  const owner = mail.querySelector("a")?.textContent ?? "";
  /** @type {Upload | undefined} */
  let upload;
  form.hidden = false;
  mail.hidden = true;

  const alternative = () => (owner === "" ? "" : ` You can also write to ${owner}.`);

  /** @param {string} sentence */
  const show = (sentence) => {
    status.textContent = sentence;
  };

  /** @param {string} sentence */
  const finish = (sentence) => {
    upload = undefined;
    form.reset();
    show(sentence);
  };

  /**
   * Waits for the result of an upload and shows it. Returns why it is not known.
   *
   * @param {string} id
   * @returns {Promise<Problem | undefined>}
   */
  const follow = async (id) => {
    for (let read = 0; read < READS; read += 1) {
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
      const result = await sendWithRetries(`/inbox/${id}`, { method: "GET" });
      if (!result.ok) return result.problem;
      const sentence = RESULTS.get(result.body.status);
      if (sentence === undefined) continue;
      finish(result.body.status === "clean" ? sentence : `${sentence}${alternative()}`);
      return undefined;
    }
    finish("Your file has arrived. The scan takes longer than usual; you can close this page.");
    return undefined;
  };

  /**
   * Sends a file and shows its result. Returns why that failed.
   *
   * @param {File} file
   * @returns {Promise<Problem | undefined>}
   */
  const transfer = async (file) => {
    const type = TYPES.get(file.name.split(".").pop()?.toLowerCase() ?? "");
    if (type === undefined) return { code: "type_not_accepted" };
    show(`Sending ${file.name}…`);
    let hasArrived = false;
    let current = upload;
    if (current?.file === file && Date.now() < current.expires * 1000) {
      // The response of the bucket was lost: the file may have arrived, or the same form is used again.
      const before = await sendWithRetries(`/inbox/${current.id}`, { method: "GET" });
      if (!before.ok) return before.problem;
      hasArrived = before.body.status !== "pending";
    } else {
      const created = await send("/inbox", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ name: file.name, type, size: file.size }),
      });
      if (!created.ok) return created.problem;
      current = { file, ...created.body };
      upload = current;
    }
    if (!hasArrived) {
      progress.value = 0;
      progress.hidden = false;
      const posted = await post(current.url, current.fields, file, (done) => (progress.value = done));
      progress.hidden = true;
      if (posted === "lost") return { code: "network" };
      if (posted === "rejected") {
        upload = undefined;
        return { code: "unknown" };
      }
    }
    show("Your file has arrived and is being scanned…");
    return follow(current.id);
  };

  input.addEventListener("change", () => show(""));
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("is-over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("is-over");
    if (event.dataTransfer === null) return;
    input.files = event.dataTransfer.files;
    show("");
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-disabled") === "true") return;
    const file = input.files?.[0];
    if (file === undefined) {
      show("Choose a file first.");
      input.focus();
      return;
    }
    // Not `disabled`, which would move the focus away.
    button.setAttribute("aria-disabled", "true");
    const problem = await transfer(file);
    progress.hidden = true;
    button.removeAttribute("aria-disabled");
    button.textContent = problem === undefined ? "Send" : "Try again";
    if (problem === undefined) return;
    show(`${MESSAGES.get(problem.code) ?? messageFor(problem, "")}${alternative()}`);
  });
}

/**
 * Posts a form with a file. `fetch` reports no progress of an upload.
 *
 * @param {string} url
 * @param {Record<string, string>} fields they must precede the file
 * @param {File} file
 * @param {(done: number) => void} report gets a number from 0 to 1
 * @returns {Promise<Posted>}
 */
function post(url, fields, file, report) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file);
  const request = new XMLHttpRequest();
  return new Promise((resolve) => {
    request.upload.addEventListener("progress", (event) => report(event.total > 0 ? event.loaded / event.total : 0));
    request.addEventListener("loadend", () => {
      const { status } = request;
      if (status >= 200 && status < 300) resolve("sent");
      // S3 may be overloaded for a moment: the same form is used again.
      else resolve(status === 0 || status >= 500 ? "lost" : "rejected");
    });
    request.open("POST", url);
    request.send(form);
  });
}
