/** Where the tests find what they compare. `cargo vitae test` sets all of these. */
function setting(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: run \`cargo vitae test\``);
  }
  return value;
}

/** The folder of the built npm package. */
export const signerPackage = () => setting("VITAE_SIGNER_PACKAGE");

/** A folder with `node_modules` for this folder's `package.json`. */
export const modules = () => setting("VITAE_CONFORMANCE_MODULES");

/** A Python that has botocore. */
export const python = () => setting("VITAE_PYTHON");
