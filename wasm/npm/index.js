// The package with its WASM inside, as text: nothing is read or fetched, so it works wherever modules do.
import { provide } from "./signer.js";
import base64 from "./vitae_signer_wasm.js";

provide(() => {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) {
    bytes[i] = binary.charCodeAt(i);
  }
  return bytes;
});

export { getSignedCookies, getSignedUrl, init, Signer } from "./signer.js";
