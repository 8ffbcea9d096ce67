/**
 * Counts this page view and shows the number. One view has one `Idempotency-Key`, the same on every try, so a lost
 * answer does not count it twice. If counting fails the page keeps its dash.
 */
import { ask, askAgain } from "./api.mjs";
import { daysChart, readDays } from "./chart.mjs";

/** How many days the chart asks for. */
const DAYS = 30;

/** @param {Document} document */
export async function countVisit(document) {
  await shown(document);
  const answer = await askAgain("/api/count", {
    method: "POST",
    headers: { "Idempotency-Key": crypto.randomUUID() },
    keepalive: true,
  });
  if (!answer.ok || !Number.isSafeInteger(answer.body.count)) return;

  const number = document.querySelector("#visits");
  if (!(number instanceof HTMLDataElement)) return;
  number.value = String(answer.body.count);
  number.textContent = new Intl.NumberFormat().format(answer.body.count);
  await chart(document);
}

/** @param {Document} document */
async function chart(document) {
  const figure = document.querySelector("#days");
  const answer = await ask(`/api/count?days=${DAYS}`);
  const days = answer.ok ? readDays(answer.body.days) : [];
  if (!(figure instanceof HTMLElement) || days.length === 0) return;
  figure.prepend(daysChart(document, days));
  figure.hidden = false;
}

/**
 * A page that the browser prerenders is a visit when someone looks at it, not before
 * (https://developer.mozilla.org/en-US/docs/Web/API/Document/prerendering).
 *
 * @param {Document & { prerendering?: boolean }} document
 */
function shown(document) {
  if (!document.prerendering) return Promise.resolve();
  return new Promise((resolve) => document.addEventListener("prerenderingchange", resolve, { once: true }));
}
