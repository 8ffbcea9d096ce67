/**
 * "Send me a brief": uploads a file and follows its status. The form is shown by this module only; without it, the visitor sees an
 * e-mail address.
 */
import { send, sendWithRetries } from "./api.mjs";
import { messageFor } from "./messages.mjs";

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
  const retry = document.querySelector("#brief-retry");
  const mail = document.querySelector("#brief-mail");
  if (!(form instanceof HTMLFormElement) || !(input instanceof HTMLInputElement)) return;
  if (!(progress instanceof HTMLProgressElement) || !(status instanceof HTMLElement)) return;
  if (!(retry instanceof HTMLButtonElement) || !(mail instanceof HTMLElement)) return;
  const owner = mail.querySelector("a")?.textContent ?? "";
  /** @type {File | undefined} */
  let file;
  let isBusy = false;
  form.hidden = false;
  mail.hidden = true;

  input.addEventListener("change", () => start(input.files?.[0]));
  retry.addEventListener("click", () => start(file));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("is-over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("is-over");
    start(event.dataTransfer?.files[0]);
  });

  /** @param {File | undefined} chosen */
  async function start(chosen) {
    if (chosen === undefined || isBusy) return;
    file = chosen;
    isBusy = true;
    input.disabled = true;
    retry.hidden = true;
    const failure = await upload(chosen);
    progress.hidden = true;
    if (failure !== undefined) {
      status.textContent = messageFor(failure, owner);
      retry.hidden = failure.code === "type_not_accepted" || failure.code === "file_too_large";
    }
    input.disabled = false;
    input.value = "";
    isBusy = false;
  }

  /**
   * Uploads a file and waits for its result, which it shows. Returns why it failed.
   *
   * @param {File} chosen
   * @returns {Promise<import("./problem.mjs").Problem | undefined>}
   */
  async function upload(chosen) {
    const extension = chosen.name.split(".").pop()?.toLowerCase() ?? "";
    const type = TYPES.get(extension);
    if (type === undefined) return { code: "type_not_accepted" };
    status.textContent = `Sending ${chosen.name}…`;
    const created = await send("/inbox", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ name: chosen.name, type, size: chosen.size }),
    });
    if (!created.ok) return created.problem;
    const { id, url, fields } = created.body;
    progress.value = 0;
    progress.hidden = false;
    if (!(await postForm(url, fields, chosen, (done) => (progress.value = done)))) return { code: "network" };
    progress.hidden = true;
    status.textContent = "Your file has arrived and is being scanned…";
    for (let read = 0; read < READS; read += 1) {
      await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
      const result = await sendWithRetries(`/inbox/${id}`, { method: "GET" });
      if (!result.ok) return result.problem;
      const sentence = RESULTS.get(result.body.status);
      if (sentence !== undefined) {
        const alternative = result.body.status === "failed" && owner !== "" ? ` Write to ${owner} instead.` : "";
        status.textContent = `${sentence}${alternative}`;
        return undefined;
      }
    }
    status.textContent = "Your file has arrived. The scan takes longer than usual; you can close this page.";
    return undefined;
  }
}

/**
 * Posts a form with a file. `fetch` reports no progress of an upload.
 *
 * @param {string} url
 * @param {Record<string, string>} fields they must precede the file
 * @param {File} file
 * @param {(done: number) => void} report gets a number from 0 to 1
 * @returns {Promise<boolean>} whether the file was accepted
 */
function postForm(url, fields, file, report) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file);
  const request = new XMLHttpRequest();
  return new Promise((resolve) => {
    request.upload.addEventListener("progress", (event) => report(event.total > 0 ? event.loaded / event.total : 0));
    request.addEventListener("loadend", () => resolve(request.status >= 200 && request.status < 300));
    request.open("POST", url);
    request.send(form);
  });
}
