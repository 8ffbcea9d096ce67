/**
 * Counts this page view and shows the total. One view has one `Idempotency-Key`, which every attempt repeats, so that a
 * lost response does not count the view twice. If counting fails, the page keeps its dash.
 */
import { send, sendWithRetries } from "./api.mjs";
import { parseDays, renderChart } from "./chart.mjs";

/** How many days the chart shows. */
const DAYS = 30;

/** @param {Document} document */
export async function countVisit(document) {
  // Safari before 15.4 does not have it, and no browser on plain HTTP other than localhost.
  if (typeof crypto.randomUUID !== "function") return;
  await untilShown(document);
  const result = await sendWithRetries("/api/count", {
    method: "POST",
    headers: { "Idempotency-Key": crypto.randomUUID() },
    keepalive: true,
  });
  if (!result.ok || !Number.isSafeInteger(result.body.count)) return;

  const total = document.querySelector("#visits");
  if (!(total instanceof HTMLDataElement)) return;
  total.value = String(result.body.count);
  total.textContent = new Intl.NumberFormat().format(result.body.count);
  await showChart(document);
}

/** @param {Document} document */
async function showChart(document) {
  const figure = document.querySelector("#days");
  const result = await send(`/api/count?days=${DAYS}`);
  const days = result.ok ? parseDays(result.body.days) : [];
  if (!(figure instanceof HTMLElement) || days.length === 0) return;
  figure.prepend(renderChart(document, days));
  figure.hidden = false;
}

/**
 * Waits until the page is shown: a page that the browser prerenders is a visit only once someone looks at it
 * (https://developer.mozilla.org/en-US/docs/Web/API/Document/prerendering).
 *
 * @param {Document & { prerendering?: boolean }} document
 */
function untilShown(document) {
  if (!document.prerendering) return Promise.resolve();
  return new Promise((resolve) => document.addEventListener("prerenderingchange", resolve, { once: true }));
}
