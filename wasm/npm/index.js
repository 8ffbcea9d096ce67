// The package with its WASM embedded as text: it reads and fetches nothing, so it works wherever ES modules do.
import { setLoader } from "./signer.js";
import base64 from "./vitae_signer_wasm.js";

setLoader(() => {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  if (globalThis.Buffer) return Buffer.from(base64, "base64");
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) {
    bytes[i] = binary.charCodeAt(i);
  }
  return bytes;
});

export {
  getSignedCookies,
  getSignedUrl,
  init,
  prepareSignedCookies,
  prepareSignedUrl,
  Signer,
} from "./signer.js";
