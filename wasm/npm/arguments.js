// Checks the types of the arguments before they are passed to the WASM.

/** Longer than any valid argument. Longer values are not copied into the WASM's memory. */
const MAX_LENGTH = 2 ** 21;

const CREDENTIALS = ["keyPairId", "privateKey", "hashAlgorithm", "algorithm", "passphrase"];
const REQUEST = ["url", "policy", "dateLessThan", "dateGreaterThan", "ipAddress"];

/** Checks the arguments about the key. */
export function checkCredentials(credentials) {
  checkNames(credentials, CREDENTIALS);
  const { keyPairId, privateKey, hashAlgorithm, algorithm, passphrase } = credentials;
  if (passphrase !== undefined) {
    throw new TypeError("passphrase is not supported: decrypt the key first, for example with `openssl pkey -in KEY`");
  }
  if (hashAlgorithm !== undefined && algorithm !== undefined && hashAlgorithm !== algorithm) {
    throw new TypeError(`hashAlgorithm is ${quote(hashAlgorithm)} and algorithm is ${quote(algorithm)}: pass only one of them`);
  }
  return {
    keyPairId: checkText("keyPairId", keyPairId),
    privateKey: keyBytes(privateKey),
    hashAlgorithm: optional(checkText, "hashAlgorithm", hashAlgorithm ?? algorithm),
  };
}

/** Checks the arguments about what is signed: either a policy, or a URL and its expiry. */
export function checkRequest(request) {
  checkNames(request, REQUEST);
  const { url, policy, dateLessThan, dateGreaterThan, ipAddress } = request;
  if (policy !== undefined && policy !== null) {
    for (const [name, value] of Object.entries({ dateLessThan, dateGreaterThan, ipAddress })) {
      if (value !== undefined && value !== null) {
        throw new TypeError(`${name} has no effect together with policy: put it into the policy`);
      }
    }
    return { url: optional(checkText, "url", url), policy: checkText("policy", policy) };
  }
  return {
    url: checkText("url", url),
    expiresMs: milliseconds("dateLessThan", dateLessThan),
    startMs: optional(milliseconds, "dateGreaterThan", dateGreaterThan),
    sourceIp: optional(checkText, "ipAddress", ipAddress),
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
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : viewBytes(value);
  if (bytes === undefined) {
    throw new TypeError(`privateKey must be a string, a Uint8Array or an ArrayBuffer, not ${typeName(value)}`);
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

/** The type of a value, but not its content: it may be a key. */
function typeName(value) {
  return value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
}

function quote(value) {
  return JSON.stringify(String(value).slice(0, 120));
}
