/** Our package, and the signers it is compared with. */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { backend, modules, python, signerPackage } from "./settings.mjs";

/** The address of a file of our package. */
export const entry = (file = "node.js") => pathToFileURL(path.join(signerPackage(), file)).href;

/** The package as Node imports it, whose default backend is `host`. */
export const vitaeSigner = await import(entry());

/** Adds the backend under test to the arguments, valid or not. */
const withBackend = (input) =>
  typeof input === "object" && input !== null && !("backend" in input) ? { ...input, backend: backend() } : input;

/** The package with the backend under test. */
export const ours = {
  ...vitaeSigner,
  getSignedUrl: (input) => vitaeSigner.getSignedUrl(withBackend(input)),
  getSignedCookies: (input) => vitaeSigner.getSignedCookies(withBackend(input)),
  Signer: class extends vitaeSigner.Signer {
    constructor(input) {
      super(withBackend(input));
    }
  },
};

export const aws = createRequire(path.join(modules(), "package.json"))("@aws-sdk/cloudfront-signer");

/** Runs `openssl` and returns its output. */
export function openssl(folder, ...args) {
  return execFileSync("openssl", args, { cwd: folder });
}

/** Signs requests `{url, expires, start, source_ip, custom}`, times in seconds, with botocore. Returns `{url, policy}` each. */
export function botocore(keyFile, requests) {
  const script = fileURLToPath(new URL("botocore_peer.py", import.meta.url));
  const input = JSON.stringify({ key: keyFile, requests });
  return JSON.parse(execFileSync(python(), [script], { input, encoding: "utf8" }));
}
