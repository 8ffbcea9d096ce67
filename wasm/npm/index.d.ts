/// <reference lib="esnext.disposable" />

/** A hash that CloudFront verifies with. `SHA256` adds `Hash-Algorithm=SHA256` to the URL. */
export type HashAlgorithm = "SHA1" | "SHA256";

/** The key, and the id under which CloudFront knows its public half. */
export interface Credentials {
  /** The id of the public key in CloudFront, such as `K2JCJMDEHXQW5F`. */
  keyPairId: string;
  /** RSA with 2048 bits or P-256, in PEM (PKCS#8, PKCS#1, SEC1) or, as bytes, in PEM or DER. */
  privateKey: string | Uint8Array | ArrayBuffer;
  /** By default `SHA1` for RSA keys and `SHA256` for P-256 keys. */
  hashAlgorithm?: HashAlgorithm;
  /** The AWS SDK's name for `hashAlgorithm`. */
  algorithm?: HashAlgorithm;
  /** Not supported: decrypt the key first. */
  passphrase?: never;
}

/** What is signed, as parameters. An end alone makes a canned policy; more makes a custom one. */
export interface RequestWithParameters {
  /** The URL; for cookies it may hold wildcards. */
  url: string;
  /** The end. A number is milliseconds since 1970. Floored to a second. */
  dateLessThan: string | number | Date;
  /** The start. */
  dateGreaterThan?: string | number | Date;
  /** An IPv4 address or range (`192.0.2.0/24`). */
  ipAddress?: string;
  policy?: never;
}

/** What is signed, as a custom policy written by hand. */
export interface RequestWithPolicy {
  /** The URL that carries the policy. By default the policy's resource; cookies need none. */
  url?: string;
  /** The policy's JSON. It is checked, then signed as it is written. */
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
  /** With a canned policy: the end, in seconds since 1970. */
  "CloudFront-Expires"?: number;
  /** With a custom policy. */
  "CloudFront-Policy"?: string;
  "CloudFront-Hash-Algorithm"?: "SHA256";
}

/** Signs with one key, which is read once. */
export class Signer {
  /** @throws if the key is none that CloudFront verifies. */
  constructor(credentials: Credentials);
  /** What the key signs with. */
  readonly algorithm: "rsa-2048" | "ecdsa-p256";
  /** The URL, percent-encoded where it must be, with its signature. @throws if CloudFront would not take it. */
  getSignedUrl(request: SignRequest): string;
  /** The cookies. @throws if CloudFront or a browser would not take them. */
  getSignedCookies(request: SignRequest): SignedCookies;
  /** Wipes the key from memory. */
  free(): void;
  /** For `using`: the same as `free`. */
  [Symbol.dispose](): void;
}

/** The signed URL. Reads the key each time; {@link Signer} reads it once. */
export function getSignedUrl(input: Credentials & SignRequest): string;

/** The signed cookies. Reads the key each time; {@link Signer} reads it once. */
export function getSignedCookies(input: Credentials & SignRequest): SignedCookies;

/**
 * Starts the WASM, from its bytes or a compiled module; without an argument, from the bytes inside the package. It
 * happens by itself at the first signature, except in `vitae-signer/bare`, which has no bytes inside.
 */
export function init(wasm?: Uint8Array | ArrayBuffer | WebAssembly.Module): void;
