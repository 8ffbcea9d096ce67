// The interface. It checks the shape of the arguments; every rule of CloudFront's is in the WASM.
import { fromCredentials, fromRequest } from "./arguments.js";
import { initSync, WasmSigner } from "./vitae_signer.js";

let ready = false;

let provided = () => {
  throw new Error('vitae-signer/bare has no WASM of its own: call init() first, with the bytes or the module of "vitae-signer/vitae_signer_bg.wasm"');
};

/** Where the WASM comes from unless `init` gives it. */
export function provide(source) {
  provided = source;
}

/** Starts the WASM, from bytes or a compiled module. Done at the first signature if not before. */
export function init(wasm) {
  if (!ready) {
    initSync({ module: wasm ?? provided() });
    ready = true;
  }
}

/** Signs with one key, which is read once. */
export class Signer {
  #wasm;

  constructor(credentials) {
    const { keyPairId, privateKey, hashAlgorithm } = fromCredentials(credentials);
    init();
    this.#wasm = new WasmSigner(keyPairId, privateKey, hashAlgorithm);
  }

  /** What the key signs with: `rsa-2048` or `ecdsa-p256`. */
  get algorithm() {
    return this.#live().algorithm;
  }

  /** The URL with its signature. */
  getSignedUrl(request) {
    const { url, policy, expires, starts, source } = fromRequest(request);
    return policy === undefined
      ? this.#live().signUrl(url, expires, starts, source)
      : this.#live().signUrlWithPolicy(url, policy);
  }

  /** The cookies, by name. */
  getSignedCookies(request) {
    const { url, policy, expires, starts, source } = fromRequest(request);
    const flat = policy === undefined
      ? this.#live().signCookies(url, expires, starts, source)
      : this.#live().signCookiesWithPolicy(policy);
    const cookies = {};
    for (let i = 0; i < flat.length; i += 2) {
      cookies[flat[i]] = flat[i] === "CloudFront-Expires" ? Number(flat[i + 1]) : flat[i + 1];
    }
    return cookies;
  }

  /** Wipes the key from memory. The signer is of no use afterwards. */
  free() {
    this.#wasm?.free();
    this.#wasm = undefined;
  }

  #live() {
    if (this.#wasm === undefined) {
      throw new Error("this Signer was freed");
    }
    return this.#wasm;
  }
}

if (Symbol.dispose) {
  Signer.prototype[Symbol.dispose] = Signer.prototype.free;
}

/** The signed URL, with the arguments of `@aws-sdk/cloudfront-signer`. Reads the key each time; `Signer` reads it once. */
export function getSignedUrl(input) {
  return once(input, (signer, request) => signer.getSignedUrl(request));
}

/** The signed cookies, with the arguments of `@aws-sdk/cloudfront-signer`. */
export function getSignedCookies(input) {
  return once(input, (signer, request) => signer.getSignedCookies(request));
}

function once(input, sign) {
  if (typeof input !== "object" || input === null) {
    throw new TypeError("give one object with url, dateLessThan, keyPairId and privateKey");
  }
  const { keyPairId, privateKey, hashAlgorithm, algorithm, passphrase, ...request } = input;
  const signer = new Signer({ keyPairId, privateKey, hashAlgorithm, algorithm, passphrase });
  try {
    return sign(signer, request);
  } finally {
    signer.free();
  }
}
