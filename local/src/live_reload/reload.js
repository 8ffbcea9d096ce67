// Added by the local edge in development: reloads the page when the edge reports a change.
const eventsPath = "/.vitae/reload";
let state = new URL(document.currentScript.src).searchParams.get("since") ?? "";
/** @type {EventSource | undefined} */
let events;

// A reload uses files that are fresh in the browser's cache. Fetch them first, so that it shows the changed ones.
async function reload() {
  const loaded = performance.getEntriesByType("resource");
  const files = loaded.filter(({ initiatorType, name }) =>
    ["css", "img", "link", "script"].includes(initiatorType) && name.startsWith(`${location.origin}/`));
  await Promise.allSettled(files.map(({ name }) => fetch(name, { cache: "reload" })));
  location.reload();
}

// Browsers limit the connections to one host, so a hidden page closes its connection.
function connect() {
  events?.close();
  events = undefined;
  if (document.visibilityState !== "visible") return;
  events = new EventSource(`${eventsPath}?since=${encodeURIComponent(state)}`);
  events.addEventListener("reload", ({ lastEventId }) => {
    state = lastEventId;
    events?.close();
    void reload();
  });
}

document.addEventListener("visibilitychange", connect);
addEventListener("pageshow", ({ persisted }) => { if (persisted) connect(); });
connect();
