// The keys of recent one-shot calls. They are in the WASM, which compares and wipes them; this file drops them on time.
import { WasmKeyCache } from "./vitae_signer.js";

/** Slightly longer than the WASM keeps a key, in milliseconds. */
const SWEEP_MS = 600_100;

let cache;
let timer;

/** The fingerprints of KeyObjects, which never change: to export one takes as long as to sign. */
const fingerprints = new WeakMap();

/** A signer for one call, which must free it. */
export function cachedSigner({ keyPairId, privateKey, readKey, isKeyObject, hashAlgorithm }, crypto) {
  cache ??= new WasmKeyCache();
  const now = Date.now();
  if (isKeyObject) {
    const known = fingerprints.get(privateKey);
    const signer = known && cache.find(keyPairId, known, hashAlgorithm, crypto !== undefined, now);
    if (signer) return signer;
    fingerprints.set(privateKey, WasmKeyCache.fingerprint(readKey()));
  }
  try {
    const signer = cache.signer(keyPairId, readKey(), hashAlgorithm, crypto, now);
    sweepLater();
    return signer;
  } catch (error) {
    // After a trap, the state of the cache is unknown.
    if (error instanceof WebAssembly.RuntimeError) cache = undefined;
    throw error;
  }
}

/** Drops the keys also if no other call follows. */
function sweepLater() {
  if (timer !== undefined) return;
  try {
    timer = setTimeout(sweep, SWEEP_MS);
    timer.unref?.();
  } catch {
    // Some hosts have no timers outside of a request. There, the next call drops the keys.
  }
}

function sweep() {
  timer = undefined;
  if (cache?.removeExpired(Date.now()) > 0) sweepLater();
}
