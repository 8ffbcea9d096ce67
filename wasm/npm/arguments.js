// Checks the types of the arguments before they are passed to the WASM.

/** Longer than any valid argument. Longer values are not copied into the WASM's memory. */
const MAX_LENGTH = 2 ** 21;

const CREDENTIALS = ["keyPairId", "privateKey", "hashAlgorithm", "algorithm", "passphrase", "backend"];
const REQUEST = ["url", "policy", "dateLessThan", "dateGreaterThan", "ipAddress", "allowEverything"];
const UNSIGNED = ["keyPairId", "hashAlgorithm", ...REQUEST];
const BACKENDS = ["host", "wasm"];

/** Checks the arguments about the key. */
export function checkCredentials(credentials) {
  checkNames(credentials, CREDENTIALS);
  const { keyPairId, privateKey, hashAlgorithm, algorithm, passphrase, backend } = credentials;
  if (passphrase !== undefined) {
    throw new TypeError("passphrase is not supported: decrypt the key first, for example with `openssl pkey -in KEY`");
  }
  if (hashAlgorithm !== undefined && algorithm !== undefined && hashAlgorithm !== algorithm) {
    throw new TypeError(`hashAlgorithm is ${quote(hashAlgorithm)} and algorithm is ${quote(algorithm)}: pass only one of them`);
  }
  if (backend !== undefined && !BACKENDS.includes(backend)) {
    throw new TypeError(`backend is ${quote(backend)}: use "host" or "wasm"`);
  }
  return {
    keyPairId: checkText("keyPairId", keyPairId),
    privateKey,
    isKeyObject: isKeyObject(privateKey),
    readKey: () => keyBytes(privateKey),
    hashAlgorithm: optional(checkText, "hashAlgorithm", hashAlgorithm ?? algorithm),
    backend,
  };
}

/** Checks the arguments of a URL or cookies whose signature is computed elsewhere. */
export function checkUnsigned(input) {
  checkNames(input, UNSIGNED);
  const { keyPairId, hashAlgorithm, ...request } = input;
  return {
    keyPairId: checkText("keyPairId", keyPairId),
    hashAlgorithm: optional(checkText, "hashAlgorithm", hashAlgorithm) ?? "SHA256",
    request: checkRequest(request),
  };
}

/** Checks the arguments about what is signed: either a policy, or a URL and its expiry. */
export function checkRequest(request) {
  checkNames(request, REQUEST);
  const { url, policy, dateLessThan, dateGreaterThan, ipAddress } = request;
  const allowEverything = optional(checkFlag, "allowEverything", request.allowEverything) ?? false;
  if (policy !== undefined && policy !== null) {
    for (const [name, value] of Object.entries({ dateLessThan, dateGreaterThan, ipAddress })) {
      if (value !== undefined && value !== null) {
        throw new TypeError(`${name} has no effect together with policy: put it into the policy`);
      }
    }
    return { url: optional(checkText, "url", url), policy: checkText("policy", policy), allowEverything };
  }
  return {
    url: checkText("url", url),
    expiresMs: milliseconds("dateLessThan", dateLessThan),
    startMs: optional(milliseconds, "dateGreaterThan", dateGreaterThan),
    sourceIp: optional(checkText, "ipAddress", ipAddress),
    allowEverything,
  };
}

function checkNames(input, names) {
  if (typeof input !== "object" || input === null) {
    throw new TypeError(`pass one object with ${names.join(", ")}`);
  }
  for (const name of Object.keys(input)) {
    if (!names.includes(name)) {
      throw new TypeError(`${quote(name)} is not an argument: use ${names.join(", ")}`);
    }
  }
}

function optional(check, name, value) {
  return value === undefined || value === null ? undefined : check(name, value);
}

function checkText(name, value) {
  if (typeof value !== "string") {
    throw new TypeError(`${name} must be a string, not ${typeName(value)}`);
  }
  if (value.length > MAX_LENGTH) {
    throw new TypeError(`${name} has ${value.length} characters; the maximum is ${MAX_LENGTH}`);
  }
  if (/\p{Surrogate}/u.test(value)) {
    throw new TypeError(`${name} has an unpaired surrogate, which is not a valid character`);
  }
  return value;
}

function checkFlag(name, value) {
  if (typeof value !== "boolean") {
    throw new TypeError(`${name} must be true or false, not ${typeName(value)}`);
  }
  return value;
}

/** The milliseconds since 1970 of anything that `new Date` accepts. */
function milliseconds(name, value) {
  const isDate = Object.prototype.toString.call(value) === "[object Date]";
  if (!isDate && typeof value !== "number" && typeof value !== "string") {
    throw new TypeError(`${name} must be a date, a number or a string, not ${typeName(value)}`);
  }
  const time = new Date(value).getTime();
  if (Number.isNaN(time)) {
    throw new TypeError(`${name} is not a valid date for \`new Date\`: ${isDate ? "Invalid Date" : quote(value)}`);
  }
  return time;
}

/** The bytes of the key, in PEM or DER. */
function keyBytes(value) {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : (exportKey(value) ?? viewBytes(value));
  if (bytes === undefined) {
    throw new TypeError(`privateKey must be a string, a KeyObject, a Uint8Array or an ArrayBuffer, not ${typeName(value)}`);
  }
  if (bytes.length > MAX_LENGTH) {
    throw new TypeError(`privateKey has ${bytes.length} bytes; the maximum is ${MAX_LENGTH}`);
  }
  return bytes;
}

function viewBytes(value) {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}

/** Whether the value is a KeyObject of `node:crypto`, whose class not every host has. */
function isKeyObject(value) {
  return typeof value === "object" && value?.[Symbol.toStringTag] === "KeyObject";
}

function exportKey(value) {
  if (!isKeyObject(value)) return undefined;
  if (value.type !== "private") {
    throw new TypeError(`privateKey is the KeyObject of a ${value.type} key: pass the private key`);
  }
  return value.export({ type: "pkcs8", format: "der" });
}

/** The type of a value, but not its content: it may be a key. */
function typeName(value) {
  return value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
}

function quote(value) {
  return JSON.stringify(String(value).slice(0, 120));
}
