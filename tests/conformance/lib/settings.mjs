/** The paths of the programs and packages under test, which `cargo vitae test` sets. */
function setting(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: run \`cargo vitae test\``);
  }
  return value;
}

/** The folder of the built npm package. */
export const signerPackage = () => setting("VITAE_SIGNER_PACKAGE");

/** The backend under test: `host` or `wasm`. */
export const backend = () => setting("VITAE_SIGNER_BACKEND");

/** The folder with the `node_modules` of this folder's `package.json`. */
export const modules = () => setting("VITAE_CONFORMANCE_MODULES");

/** A Python interpreter with botocore. */
export const python = () => setting("VITAE_PYTHON");
