// The module 'cloudfront':
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-custom-methods.html
const { id, isRequest, read } = import.meta;

// Calls the local edge, and throws the error that it returns.
const call = (operation, key) => {
  const { error, value } = JSON.parse(read(operation, key));
  if (error !== undefined) throw new Error(error);
  return value;
};

const checkKey = (key) => {
  if (typeof key !== 'string') throw new TypeError('the key of a key value store must be a string');
  return key;
};

// Encodes as UTF-8. The runtime has no shorter way.
const bytes = (text) => {
  const escaped = encodeURIComponent(text);
  const list = [];
  for (let at = 0; at < escaped.length; at += 1) {
    if (escaped[at] === '%') {
      list.push(parseInt(escaped.slice(at + 1, at + 3), 16));
      at += 2;
    } else {
      list.push(escaped.charCodeAt(at));
    }
  }
  return Uint8Array.from(list);
};

const formats = { string: (text) => text, json: (text) => JSON.parse(text), bytes };

const store = Object.freeze({
  async get(key, { format = 'string' } = {}) {
    if (!Object.prototype.hasOwnProperty.call(formats, format)) throw new TypeError('the format must be string, json or bytes, not ' + format);
    const value = call('get', checkKey(key));
    // Code compares the message, as in the sample with `String(error)`.
    if (value === null) throw new Error('KeyNotFound');
    return formats[format](value);
  },
  async exists(key) {
    return call('get', checkKey(key)) !== null;
  },
  async count() {
    return call('meta', '').keyCount;
  },
  async meta() {
    return call('meta', '');
  },
});

const kvs = (requested) => {
  if (id === undefined || (requested !== undefined && requested !== id)) throw new Error('KVSNamespaceNotFound');
  return store;
};

// The edge of AWS's documentation, on this machine. Empty for viewer response:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/general-helper-methods.html
const edgeLocation = Object.freeze(isRequest ? { name: 'SEA', serverIp: '127.0.0.1', region: 'us-west-2' } : {});

const cf = { kvs, edgeLocation };
for (const name of ['updateRequestOrigin', 'selectRequestOriginById', 'createRequestOriginGroup']) {
  Object.defineProperty(cf, name, {
    get() {
      throw new ReferenceError('not modelled locally: ' + name + ' of the module cloudfront');
    },
  });
}
export default Object.freeze(cf);
