// The interface of the package. It checks the types of the arguments; CloudFront's rules are in the WASM.
import { checkCredentials, checkRequest } from "./arguments.js";
import { initSync, WasmSigner } from "./vitae_signer.js";

let isReady = false;

let loadWasm = () => {
  throw new Error('vitae-signer/bare contains no WASM: call init() first, with the bytes or the module of "vitae-signer/vitae_signer_bg.wasm"');
};

/** Sets the function that loads the WASM if `init` is called without it. */
export function setLoader(loader) {
  loadWasm = loader;
}

/** Instantiates the WASM, from bytes or a compiled module. The first `Signer` does it if necessary. */
export function init(wasm) {
  if (!isReady) {
    initSync({ module: wasm ?? loadWasm() });
    isReady = true;
  }
}

/** Signs with one key, which is read once. */
export class Signer {
  #wasm;

  constructor(credentials) {
    const { keyPairId, privateKey, hashAlgorithm } = checkCredentials(credentials);
    init();
    this.#wasm = new WasmSigner(keyPairId, privateKey, hashAlgorithm);
  }

  /** The key's algorithm: `rsa-2048` or `ecdsa-p256`. */
  get algorithm() {
    return this.#signer().algorithm;
  }

  /** Signs a URL. */
  getSignedUrl(request) {
    const { url, policy, expiresMs, startMs, sourceIp } = checkRequest(request);
    return policy === undefined
      ? this.#signer().signUrl(url, expiresMs, startMs, sourceIp)
      : this.#signer().signUrlWithPolicy(url, policy);
  }

  /** Creates signed cookies, by name. */
  getSignedCookies(request) {
    const { url, policy, expiresMs, startMs, sourceIp } = checkRequest(request);
    const namesAndValues = policy === undefined
      ? this.#signer().signCookies(url, expiresMs, startMs, sourceIp)
      : this.#signer().signCookiesWithPolicy(policy);
    const cookies = {};
    for (let i = 0; i < namesAndValues.length; i += 2) {
      const [name, value] = namesAndValues.slice(i, i + 2);
      cookies[name] = name === "CloudFront-Expires" ? Number(value) : value;
    }
    return cookies;
  }

  /** Wipes the key from memory. The signer cannot be used afterwards. */
  free() {
    this.#wasm?.free();
    this.#wasm = undefined;
  }

  #signer() {
    if (this.#wasm === undefined) {
      throw new Error("this Signer was freed: create another one");
    }
    return this.#wasm;
  }
}

if (Symbol.dispose) {
  Signer.prototype[Symbol.dispose] = Signer.prototype.free;
}

/** Signs a URL, with the arguments of `@aws-sdk/cloudfront-signer`. Reads the key on each call; `Signer` reads it once. */
export function getSignedUrl(input) {
  return withSigner(input, (signer, request) => signer.getSignedUrl(request));
}

/** Creates signed cookies, with the arguments of `@aws-sdk/cloudfront-signer`. */
export function getSignedCookies(input) {
  return withSigner(input, (signer, request) => signer.getSignedCookies(request));
}

function withSigner(input, sign) {
  if (typeof input !== "object" || input === null) {
    throw new TypeError("pass one object with url, dateLessThan, keyPairId and privateKey");
  }
  const { keyPairId, privateKey, hashAlgorithm, algorithm, passphrase, ...request } = input;
  const signer = new Signer({ keyPairId, privateKey, hashAlgorithm, algorithm, passphrase });
  try {
    return sign(signer, request);
  } finally {
    signer.free();
  }
}
