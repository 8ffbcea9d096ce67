/** The four looks a visitor may have of the page. */

/** @typedef {{ name: string, context: object }} Look `context` is playwright's browser context options */

const SIZES = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 900 } },
};

/** @type {Look[]} */
export const LOOKS = Object.entries(SIZES).flatMap(([size, options]) =>
  ["light", "dark"].map((colorScheme) => ({
    name: `${size}-${colorScheme}`,
    // Still pictures, and contrast measured on a page at rest.
    context: { ...options, colorScheme, reducedMotion: "reduce" },
  })),
);
