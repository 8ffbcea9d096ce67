/// <reference lib="esnext.disposable" />

/** A hash that CloudFront supports. `SHA256` adds `Hash-Algorithm=SHA256` to the URL. */
export type HashAlgorithm = "SHA1" | "SHA256";

/** The private key, and the ID of its public half in CloudFront. */
export interface Credentials {
  /** The ID of the public key in CloudFront, such as `K2JCJMDEHXQW5F`. */
  keyPairId: string;
  /** RSA with 2048 bits or P-256: text in PEM (PKCS#8, PKCS#1, SEC1), or bytes in PEM or DER. */
  privateKey: string | Uint8Array | ArrayBuffer;
  /** By default `SHA1` for RSA keys and `SHA256` for P-256 keys. */
  hashAlgorithm?: HashAlgorithm;
  /** The AWS SDK's name for `hashAlgorithm`. */
  algorithm?: HashAlgorithm;
  /** Not supported: decrypt the key first. */
  passphrase?: never;
}

/** A request with separate parameters. With only an expiry, the policy is canned; otherwise it is custom. */
export interface RequestWithParameters {
  /** The URL. For cookies it may contain wildcards. */
  url: string;
  /** When the signature expires. A number is milliseconds since 1970. Rounded down to a second. */
  dateLessThan: string | number | Date;
  /** When the signature becomes valid. */
  dateGreaterThan?: string | number | Date;
  /** An IPv4 address or range (`192.0.2.0/24`). */
  ipAddress?: string;
  policy?: never;
}

/** A request with a custom policy in JSON. */
export interface RequestWithPolicy {
  /** The URL to sign. By default the policy's resource; not needed for cookies. */
  url?: string;
  /** The policy's JSON. It is checked, then signed as it is. */
  policy: string;
  dateLessThan?: never;
  dateGreaterThan?: never;
  ipAddress?: never;
}

export type SignRequest = RequestWithParameters | RequestWithPolicy;

/** Names and values for `Set-Cookie`. */
export interface SignedCookies {
  "CloudFront-Key-Pair-Id": string;
  "CloudFront-Signature": string;
  /** With a canned policy: the expiry, in seconds since 1970. */
  "CloudFront-Expires"?: number;
  /** With a custom policy. */
  "CloudFront-Policy"?: string;
  "CloudFront-Hash-Algorithm"?: "SHA256";
}

/** Signs with one key, which is read once. */
export class Signer {
  /** @throws if CloudFront does not support the key. */
  constructor(credentials: Credentials);
  /** The key's algorithm. */
  readonly algorithm: "rsa-2048" | "ecdsa-p256";
  /** Percent-encodes the URL where necessary and signs it. @throws if CloudFront would reject it. */
  getSignedUrl(request: SignRequest): string;
  /** Creates signed cookies. @throws if CloudFront or a browser would reject them. */
  getSignedCookies(request: SignRequest): SignedCookies;
  /** Wipes the key from memory. */
  free(): void;
  /** For `using`: the same as `free`. */
  [Symbol.dispose](): void;
}

/** Signs a URL. Reads the key on each call; {@link Signer} reads it once. */
export function getSignedUrl(input: Credentials & SignRequest): string;

/** Creates signed cookies. Reads the key on each call; {@link Signer} reads it once. */
export function getSignedCookies(input: Credentials & SignRequest): SignedCookies;

/**
 * Instantiates the WASM, from its bytes or a compiled module; without an argument, from the bytes in the package. The
 * first signature does this automatically, except with `vitae-signer/bare`, which contains no WASM.
 */
export function init(wasm?: Uint8Array | ArrayBuffer | WebAssembly.Module): void;
