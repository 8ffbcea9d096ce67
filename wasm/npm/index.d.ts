/// <reference lib="esnext.disposable" />

/** A hash that CloudFront supports. `SHA256` adds `Hash-Algorithm=SHA256` to the URL. */
export type HashAlgorithm = "SHA1" | "SHA256";

/** The private key, and the ID of its public half in CloudFront. */
export interface Credentials {
  /** The ID of the public key in CloudFront, such as `K2JCJMDEHXQW5F`. */
  keyPairId: string;
  /** RSA with 2048 bits or P-256: text in PEM (PKCS#8, PKCS#1, SEC1), bytes in PEM or DER, or a `KeyObject` of Node. */
  privateKey: string | Uint8Array | ArrayBuffer | KeyObject;
  /** By default `SHA1` for RSA keys and `SHA256` for P-256 keys. */
  hashAlgorithm?: HashAlgorithm;
  /** The AWS SDK's name for `hashAlgorithm`. */
  algorithm?: HashAlgorithm;
  /** Not supported: decrypt the key first. */
  passphrase?: never;
  /**
   * What computes the signatures: `"host"` is `node:crypto`, the default in Node; `"wasm"` is the default elsewhere. P-256
   * signatures of `"host"` are random, so the same request gets another URL each time; those of `"wasm"` are deterministic.
   */
  backend?: "host" | "wasm";
}

/** A private key of `node:crypto`. */
export interface KeyObject {
  readonly type: "private" | "public" | "secret";
  readonly [Symbol.toStringTag]: string;
}

/** Who signs, if the private key is elsewhere. */
export interface Unsigned {
  /** The ID of the public key in CloudFront, such as `K2JCJMDEHXQW5F`. */
  keyPairId: string;
  /** By default `SHA256`, the only one of the two that AWS KMS has. */
  hashAlgorithm?: HashAlgorithm;
}

/** A URL or cookies to sign. */
export interface Prepared<Result> {
  /** The bytes to sign. */
  readonly message: Uint8Array;
  /** Their hash. */
  readonly digest: Uint8Array;
  /**
   * The result with a signature: PKCS#1 v1.5 for RSA, DER for P-256.
   * @throws if the signature is in another format. It is not verified: that needs the public key.
   */
  finish(signature: Uint8Array): Result;
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
  /** For cookies: accepts a URL such as `https://*`, which opens every file of every distribution that trusts the key. */
  allowEverything?: boolean;
  policy?: never;
}

/** A request with a custom policy in JSON. */
export interface RequestWithPolicy {
  /** The URL to sign. By default the policy's resource; not needed for cookies. */
  url?: string;
  /** The policy's JSON. It is checked, then signed as it is. */
  policy: string;
  /** Accepts a resource such as `*`, which opens every file of every distribution that trusts the key. */
  allowEverything?: boolean;
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

/** Signs a URL. The last few keys are kept for ten minutes; {@link Signer} keeps its own. */
export function getSignedUrl(input: Credentials & SignRequest): string;

/** Creates signed cookies. The last few keys are kept for ten minutes; {@link Signer} keeps its own. */
export function getSignedCookies(input: Credentials & SignRequest): SignedCookies;

/** Prepares a URL whose signature is computed elsewhere, such as in AWS KMS. */
export function prepareSignedUrl(input: Unsigned & SignRequest): Prepared<string>;

/** Prepares cookies whose signature is computed elsewhere. */
export function prepareSignedCookies(input: Unsigned & SignRequest): Prepared<SignedCookies>;

/**
 * Instantiates the WASM, from its bytes or a compiled module; without an argument, from the bytes in the package. The
 * first signature does this automatically, except with `vitae-signer/bare`, which contains no WASM.
 */
export function init(wasm?: Uint8Array | ArrayBuffer | WebAssembly.Module): void;
