// The package with its WASM embedded as text: it reads and fetches nothing, so it works wherever ES modules do.
import { setLoader } from "./signer.js";
import base64 from "./vitae_signer_wasm.js";

setLoader(() => {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) {
    bytes[i] = binary.charCodeAt(i);
  }
  return bytes;
});

export { getSignedCookies, getSignedUrl, init, Signer } from "./signer.js";
