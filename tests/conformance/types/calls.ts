// Calls that the compiler must accept, and some that it must reject. This is never run.
import {
  getSignedCookies, getSignedUrl, init, prepareSignedCookies, prepareSignedUrl, Signer, type KeyObject, type SignedCookies,
} from "vitae-signer";

declare const privateKey: string;
declare const keyObject: KeyObject;
const key = { keyPairId: "K2JCJMDEHXQW5F", privateKey };
const url = "https://d111111abcdef8.cloudfront.net/cv/resume.pdf";
const dateLessThan = new Date(0);

const signed: string = getSignedUrl({ ...key, url, dateLessThan });
getSignedUrl({ ...key, url, dateLessThan: 0, dateGreaterThan: "1970-01-01", ipAddress: "192.0.2.0/24" });
getSignedUrl({ ...key, url, dateLessThan, hashAlgorithm: "SHA256" });
getSignedUrl({ ...key, privateKey: new Uint8Array(), policy: "{}" });
getSignedUrl({ ...key, url, policy: "{}", allowEverything: true });
getSignedUrl({ ...key, privateKey: keyObject, url, dateLessThan, backend: "wasm" });
const prepared = prepareSignedUrl({ keyPairId: key.keyPairId, url, dateLessThan, hashAlgorithm: "SHA256" });
prepared.finish(prepared.digest).concat(prepareSignedCookies({ keyPairId: "K", policy: "{}" }).finish(prepared.message)["CloudFront-Policy"] ?? "");
const cookies: SignedCookies = getSignedCookies({ ...key, url, dateLessThan });
const seconds: number | undefined = cookies["CloudFront-Expires"];
init();
init(new Uint8Array());
{
  using signer = new Signer(key);
  const algorithm: "rsa-2048" | "ecdsa-p256" = signer.algorithm;
  signer.getSignedUrl({ url, dateLessThan }).concat(algorithm, signed, String(seconds));
}

// @ts-expect-error The expiry is required.
getSignedUrl({ ...key, url });
// @ts-expect-error CloudFront does not support this hash.
getSignedUrl({ ...key, url, dateLessThan, hashAlgorithm: "SHA512" });
// @ts-expect-error Dates have no effect together with a policy.
getSignedUrl({ ...key, policy: "{}", dateLessThan });
// @ts-expect-error There is no such backend.
getSignedUrl({ ...key, url, dateLessThan, backend: "openssl" });
// @ts-expect-error A private key is not an argument here.
prepareSignedUrl({ keyPairId: "K2JCJMDEHXQW5F", privateKey, url, dateLessThan });
// @ts-expect-error Misspelled argument.
getSignedUrl({ ...key, url, dateLessThan, ipAdress: "192.0.2.1" });
// @ts-expect-error The key pair ID is required.
new Signer({ privateKey });
