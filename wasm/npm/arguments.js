// What the arguments must look like before they go into the WASM, where types are what they say.

/** More characters than any argument needs. Longer ones are not copied into the WASM's memory. */
const MAX_LENGTH = 2 ** 21;

const CREDENTIALS = ["keyPairId", "privateKey", "hashAlgorithm", "algorithm", "passphrase"];
const REQUEST = ["url", "policy", "dateLessThan", "dateGreaterThan", "ipAddress"];

/** The arguments about the key, checked. */
export function fromCredentials(credentials) {
  known(credentials, CREDENTIALS);
  const { keyPairId, privateKey, hashAlgorithm, algorithm, passphrase } = credentials;
  if (passphrase !== undefined) {
    throw new TypeError("passphrase is not taken: decrypt the key first, for example with `openssl pkey -in KEY`");
  }
  if (hashAlgorithm !== undefined && algorithm !== undefined && hashAlgorithm !== algorithm) {
    throw new TypeError(`hashAlgorithm is ${quoted(hashAlgorithm)} and algorithm is ${quoted(algorithm)}: give one of them`);
  }
  return {
    keyPairId: text("keyPairId", keyPairId),
    privateKey: key(privateKey),
    hashAlgorithm: optional(text, "hashAlgorithm", hashAlgorithm ?? algorithm),
  };
}

/** The arguments about what is signed, checked: either a policy, or a URL and when it ends. */
export function fromRequest(request) {
  known(request, REQUEST);
  const { url, policy, dateLessThan, dateGreaterThan, ipAddress } = request;
  if (policy !== undefined && policy !== null) {
    for (const [name, value] of Object.entries({ dateLessThan, dateGreaterThan, ipAddress })) {
      if (value !== undefined && value !== null) {
        throw new TypeError(`${name} has no effect beside policy: say it in the policy`);
      }
    }
    return { url: optional(text, "url", url), policy: text("policy", policy) };
  }
  return {
    url: text("url", url),
    expires: milliseconds("dateLessThan", dateLessThan),
    starts: optional(milliseconds, "dateGreaterThan", dateGreaterThan),
    source: optional(text, "ipAddress", ipAddress),
  };
}

function known(input, names) {
  if (typeof input !== "object" || input === null) {
    throw new TypeError(`give one object with ${names.join(", ")}`);
  }
  for (const name of Object.keys(input)) {
    if (!names.includes(name)) {
      throw new TypeError(`${quoted(name)} is not an argument: there are ${names.join(", ")}`);
    }
  }
}

function optional(read, name, value) {
  return value === undefined || value === null ? undefined : read(name, value);
}

function text(name, value) {
  if (typeof value !== "string") {
    throw new TypeError(`${name} is not a string but ${kind(value)}`);
  }
  if (value.length > MAX_LENGTH) {
    throw new TypeError(`${name} has ${value.length} characters, which is more than anything that can be signed`);
  }
  if (/\p{Surrogate}/u.test(value)) {
    throw new TypeError(`${name} has half a surrogate pair in it, which is no character`);
  }
  return value;
}

/** Milliseconds since 1970, of whatever `Date` makes a date of. */
function milliseconds(name, value) {
  const isDate = Object.prototype.toString.call(value) === "[object Date]";
  if (!isDate && typeof value !== "number" && typeof value !== "string") {
    throw new TypeError(`${name} is not a date, a number or a string but ${kind(value)}`);
  }
  const time = new Date(value).getTime();
  if (Number.isNaN(time)) {
    throw new TypeError(`${name} is no date that \`new Date\` understands: ${isDate ? "Invalid Date" : quoted(value)}`);
  }
  return time;
}

/** The bytes of the key, PEM or DER, in memory of our own. */
function key(value) {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : view(value);
  if (bytes === undefined) {
    throw new TypeError(`privateKey is not a string, a Uint8Array or an ArrayBuffer but ${kind(value)}`);
  }
  if (bytes.length > MAX_LENGTH) {
    throw new TypeError(`privateKey has ${bytes.length} bytes, which no key has`);
  }
  return bytes;
}

function view(value) {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  return value instanceof ArrayBuffer ? new Uint8Array(value) : undefined;
}

/** What a value is, without what it says: it may be a key. */
function kind(value) {
  return value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
}

function quoted(value) {
  return JSON.stringify(String(value).slice(0, 120));
}
