// Signs a URL that is valid for one minute.
//
// node sign-url.mjs [URL] [KEY.pem KEY_PAIR_ID]
//
// Without a key file, it generates a P-256 key. CloudFront accepts the URL only if it has the public half of the key.
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { Signer } from "vitae-signer";

const [url = "https://d111111abcdef8.cloudfront.net/cv/resume.pdf", file, keyPairId = "K2JCJMDEHXQW5F"] = process.argv.slice(2);
const privateKey = file
  ? readFileSync(file, "utf8")
  : generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });

const signer = new Signer({ keyPairId, privateKey });
console.log(signer.getSignedUrl({ url, dateLessThan: Date.now() + 60_000 }));
signer.free();
