/** Visits per day as a row of bars. */

/** @typedef {{ day: string, count: number }} Day `day` is a date in UTC, such as `2026-11-20` */

const SVG = "http://www.w3.org/2000/svg";

/** Height of the drawing in its own units; a bar's slot is one unit wide. */
const HEIGHT = 100;

/** The least height of a day that had a visit, so that one visit beside a thousand is still seen. */
const LEAST = 2;

/**
 * The days of an answer; none if any of them is not what it should be.
 *
 * @param {unknown} days
 * @returns {Day[]}
 */
export function readDays(days) {
  if (!Array.isArray(days)) return [];
  const sound = days.every(
    (day) => /^\d{4}-\d\d-\d\d$/.test(day?.day) && !Number.isNaN(Date.parse(day.day)) && Number.isSafeInteger(day.count) && day.count >= 0,
  );
  return sound ? [...days].sort((a, b) => a.day.localeCompare(b.day)) : [];
}

/**
 * What the drawing says, for those who do not see it.
 *
 * @param {Day[]} days at least one
 */
export function summary(days) {
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
export function daysChart(document, days) {
  const svg = element(document, "svg", { viewBox: `0 0 ${days.length} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" });
  svg.setAttribute("aria-label", summary(days));
  const most = Math.max(1, ...days.map((day) => day.count));
  days.forEach(({ count }, index) => {
    if (count === 0) return;
    const height = Math.max(LEAST, (count / most) * HEIGHT);
    svg.append(element(document, "rect", { x: index + 0.15, y: HEIGHT - height, width: 0.7, height }));
  });
  svg.append(element(document, "path", { d: `M0 ${HEIGHT}h${days.length}` }));
  return svg;
}

/**
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Document} document
 * @param {Name} name
 * @param {Record<string, string | number>} attributes
 */
function element(document, name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
