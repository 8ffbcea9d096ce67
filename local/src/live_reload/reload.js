// Added by the local edge, in development alone: reloads the page when it is told that something has changed.
const edge = "/.vitae/reload";
let seen = new URL(document.currentScript.src).searchParams.get("since") ?? "";
/** @type {EventSource | undefined} */
let events;

// A reload takes from the browser's cache what is fresh there: pictures and fonts. They are asked for anew first.
async function reload() {
  const loaded = performance.getEntriesByType("resource");
  const files = loaded.filter(({ initiatorType, name }) =>
    ["css", "img", "link", "script"].includes(initiatorType) && name.startsWith(`${location.origin}/`));
  await Promise.allSettled(files.map(({ name }) => fetch(name, { cache: "reload" })));
  location.reload();
}

// A browser keeps few connections to one host: a page that nobody sees gives its own back.
function listen() {
  events?.close();
  events = undefined;
  if (document.visibilityState !== "visible") return;
  events = new EventSource(`${edge}?since=${encodeURIComponent(seen)}`);
  events.addEventListener("reload", ({ lastEventId }) => {
    seen = lastEventId;
    events?.close();
    void reload();
  });
}

document.addEventListener("visibilitychange", listen);
addEventListener("pageshow", ({ persisted }) => { if (persisted) listen(); });
listen();
