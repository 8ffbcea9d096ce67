/** The environment variables of the tests. */

/**
 * @param {string} name
 * @param {string} meaning
 * @returns {string}
 */
function required(name, meaning) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: it holds ${meaning}`);
  return value;
}

/** The `node_modules` folder with the packages of `package-lock.json`. */
export const modules = () => required("VITAE_BROWSER_MODULES", "the path of the node_modules folder with playwright-core");

/** The origin of the running site, such as `http://localhost:8787`, without a trailing slash. */
export const site = () => new URL(required("VITAE_URL", "the address of the running site")).origin;

/** The origin of the local cloud of that site, such as `http://127.0.0.1:40000`. */
export const cloud = () => new URL(required("VITAE_CLOUD", "the endpoint of the local cloud")).origin;

/** Every problem code of the API and its status. */
export const problems = () => JSON.parse(required("VITAE_PROBLEMS", 'the status of each problem code, such as {"internal": 500}'));

/** The URL of a named link with the label `Acme`, which is secret. */
export const namedLink = () => required("VITAE_NAMED_LINK", "the URL of a named link with the label Acme");

/** A folder with built sites of resumes of different shapes, one folder each. */
export const resumes = () => required("VITAE_RESUMES", "a folder with built sites");

/** The folder for screenshots; `undefined` to take none. */
export const screenshots = () => process.env.VITAE_SCREENSHOTS;
