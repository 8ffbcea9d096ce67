// The interface of the package. It checks the types of the arguments; CloudFront's rules are in the WASM.
import { checkCredentials, checkRequest, checkUnsigned } from "./arguments.js";
import { cachedSigner } from "./key-cache.js";
import { initSync, WasmSigner, WasmUnsigned } from "./vitae_signer.js";

let isReady = false;

let loadWasm = () => {
  throw new Error('vitae-signer/bare contains no WASM: call init() first, with the bytes or the module of "vitae-signer/vitae_signer_bg.wasm"');
};

/** The module `node:crypto`, under Node. */
let nodeCrypto;

/** Sets the function that loads the WASM if `init` is called without it. */
export function setLoader(loader) {
  loadWasm = loader;
}

/** Sets the module that signs, unless a caller chooses the WASM. */
export function setNodeCrypto(crypto) {
  nodeCrypto = crypto;
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
    const { keyPairId, readKey, hashAlgorithm, backend } = checkCredentials(credentials);
    const crypto = chooseCrypto(backend);
    init();
    this.#wasm = new WasmSigner(keyPairId, readKey(), hashAlgorithm, crypto);
  }

  /** The key's algorithm: `rsa-2048` or `ecdsa-p256`. */
  get algorithm() {
    return this.#signer().algorithm;
  }

  /** Signs a URL. */
  getSignedUrl(request) {
    return signUrl(this.#signer(), checkRequest(request));
  }

  /** Creates signed cookies, by name. */
  getSignedCookies(request) {
    return signCookies(this.#signer(), checkRequest(request));
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

/** Signs a URL, with the arguments of `@aws-sdk/cloudfront-signer`. The last few keys are kept for ten minutes. */
export function getSignedUrl(input) {
  return signOnce(input, signUrl);
}

/** Creates signed cookies, with the arguments of `@aws-sdk/cloudfront-signer`. */
export function getSignedCookies(input) {
  return signOnce(input, signCookies);
}

/** Prepares a URL whose signature is computed elsewhere. */
export function prepareSignedUrl(input) {
  return prepare(input, false, ([url]) => url);
}

/** Prepares cookies whose signature is computed elsewhere. */
export function prepareSignedCookies(input) {
  return prepare(input, true, toCookies);
}

function prepare(input, isCookies, toResult) {
  const { keyPairId, hashAlgorithm, request } = checkUnsigned(input);
  init();
  const unsigned = new WasmUnsigned(keyPairId, hashAlgorithm, isCookies, ...toArguments(request));
  return {
    message: unsigned.message(),
    digest: unsigned.digest(),
    finish(signature) {
      if (!(signature instanceof Uint8Array)) {
        throw new TypeError("the signature must be a Uint8Array, as the key's owner returned it");
      }
      return toResult(unsigned.finish(signature));
    },
  };
}

function signOnce(input, sign) {
  if (typeof input !== "object" || input === null) {
    throw new TypeError("pass one object with url, dateLessThan, keyPairId and privateKey");
  }
  const { keyPairId, privateKey, hashAlgorithm, algorithm, passphrase, backend, ...request } = input;
  const credentials = checkCredentials({ keyPairId, privateKey, hashAlgorithm, algorithm, passphrase, backend });
  const checked = checkRequest(request);
  const crypto = chooseCrypto(backend);
  init();
  const signer = cachedSigner(credentials, crypto);
  try {
    return sign(signer, checked);
  } finally {
    signer.free();
  }
}

function signUrl(signer, request) {
  return signer.sign(false, ...toArguments(request))[0];
}

function signCookies(signer, request) {
  return toCookies(signer.sign(true, ...toArguments(request)));
}

/** The arguments of a request, in the order of the WASM. */
function toArguments({ url, policy, expiresMs, startMs, sourceIp, allowEverything }) {
  return [url, policy, expiresMs, startMs, sourceIp, allowEverything];
}

function toCookies(namesAndValues) {
  const cookies = {};
  for (let i = 0; i < namesAndValues.length; i += 2) {
    const [name, value] = namesAndValues.slice(i, i + 2);
    cookies[name] = name === "CloudFront-Expires" ? Number(value) : value;
  }
  return cookies;
}

/** The module that signs; `undefined` if the WASM does. */
function chooseCrypto(backend) {
  if (backend === "host" && nodeCrypto === undefined) {
    throw new Error('the backend "host" needs node:crypto, which this entry of the package does not use: leave out backend');
  }
  return backend === "wasm" ? undefined : nodeCrypto;
}
