/** Visits per day as a bar chart. */

/** @typedef {{ day: string, count: number }} Day `day` is a date in UTC, such as `2026-11-20` */

const SVG = "http://www.w3.org/2000/svg";

/** The height of the drawing in its own units. Each day is one unit wide. */
const HEIGHT = 100;

/** The least height of a day with a visit, so that one visit is visible next to a thousand. */
const MIN_BAR_HEIGHT = 2;

/**
 * The days of a response in order of date; empty if any of them is malformed.
 *
 * @param {unknown} days
 * @returns {Day[]}
 */
export function parseDays(days) {
  if (!Array.isArray(days)) return [];
  const isValid = days.every(
    (day) => /^\d{4}-\d\d-\d\d$/.test(day?.day) && !Number.isNaN(Date.parse(day.day)) && Number.isSafeInteger(day.count) && day.count >= 0,
  );
  return isValid ? [...days].sort((a, b) => a.day.localeCompare(b.day)) : [];
}

/**
 * A text alternative to the chart.
 *
 * @param {Day[]} days at least one
 */
export function describe(days) {
  const total = days.reduce((sum, day) => sum + day.count, 0);
  const best = days.reduce((best, day) => (day.count > best.count ? day : best));
  const number = new Intl.NumberFormat();
  const date = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "long", timeZone: "UTC" });
  const most = best.count > 0 ? ` Most on ${date.format(Date.parse(best.day))}: ${number.format(best.count)}.` : "";
  return `Visits per day, ${number.format(total)} in all over ${days.length} ${days.length === 1 ? "day" : "days"}.${most}`;
}

/**
 * @param {Document} document
 * @param {Day[]} days at least one
 * @returns {SVGSVGElement}
 */
export function renderChart(document, days) {
  const svg = createElement(document, "svg", { viewBox: `0 0 ${days.length} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
  svg.setAttribute("aria-label", describe(days));
  const most = Math.max(1, ...days.map((day) => day.count));
  days.forEach(({ count }, index) => {
    if (count === 0) return;
    const height = Math.max(MIN_BAR_HEIGHT, (count / most) * HEIGHT);
    svg.append(createElement(document, "rect", { x: index + 0.15, y: HEIGHT - height, width: 0.7, height }));
  });
  svg.append(createElement(document, "path", { d: `M0 ${HEIGHT}h${days.length}` }));
  return svg;
}

/**
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Document} document
 * @param {Name} name
 * @param {Record<string, string | number>} attributes
 */
function createElement(document, name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
