// A Cloudflare Worker that redirects to the signed URL of the requested path.
//
// A worker does not compile WASM from bytes, so the module is imported and passed to init().
// Variables: SITE (such as https://d111111abcdef8.cloudfront.net), KEY_PAIR_ID, and the secret PRIVATE_KEY (PEM).
import wasm from "vitae-signer/vitae_signer_bg.wasm";
import { init, Signer } from "vitae-signer/bare";

init(wasm);

let signer;

export default {
  fetch(request, env) {
    // Authorize the request here: otherwise anyone gets a signed URL.
    signer ??= new Signer({ keyPairId: env.KEY_PAIR_ID, privateKey: env.PRIVATE_KEY });
    const url = env.SITE + new URL(request.url).pathname;
    const location = signer.getSignedUrl({ url, dateLessThan: Date.now() + 60_000 });
    return new Response(null, { status: 302, headers: { Location: location, "Cache-Control": "no-store" } });
  },
};
