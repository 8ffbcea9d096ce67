/** The screens that the page is tested on: phone and desktop, in light and dark mode. */

/** @typedef {{ name: string, context: object }} Screen `context` is playwright's browser context options */

const SIZES = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 900 } },
};

/** @type {Screen[]} */
export const SCREENS = Object.entries(SIZES).flatMap(([size, options]) =>
  ["light", "dark"].map((colorScheme) => ({
    name: `${size}-${colorScheme}`,
    // Without animations, screenshots are stable and axe measures the final colours.
    context: { ...options, colorScheme, reducedMotion: "reduce" },
  })),
);
