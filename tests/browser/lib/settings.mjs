/** What the tests are told by their environment. */

/**
 * @param {string} name
 * @param {string} meaning
 * @returns {string}
 */
function required(name, meaning) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: it names ${meaning}`);
  return value;
}

/** The `node_modules` folder that holds the packages of this folder's `package-lock.json`. */
export const modules = () => required("VITAE_BROWSER_MODULES", "the node_modules folder with playwright-core in it");

/** The origin of the running site, such as `http://localhost:8787`, without a slash at its end. */
export const site = () => new URL(required("VITAE_URL", "the address of the running site")).origin;

/** Where screenshots go; `undefined` if nobody wants them. */
export const screenshots = () => process.env.VITAE_SCREENSHOTS;
