// The module 'cloudfront': https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-custom-methods.html
const { id, read } = import.meta;

// What the local edge answers, or throws in its name.
const ask = (what, key) => {
  const { error, value } = JSON.parse(read(what, key));
  if (error !== undefined) throw new Error(error);
  return value;
};

const named = (key) => {
  if (typeof key !== 'string') throw new TypeError('the key of a key value store is a string');
  return key;
};

// UTF-8; this runtime has nothing shorter for it.
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
    if (!Object.hasOwn(formats, format)) throw new TypeError('a value is read as string, json or bytes, not as ' + format);
    const value = ask('get', named(key));
    if (value === null) throw new Error('the key value store has no key ' + JSON.stringify(key));
    return formats[format](value);
  },
  async exists(key) {
    return ask('get', named(key)) !== null;
  },
  async count() {
    return ask('meta', '').keyCount;
  },
  async meta() {
    return ask('meta', '');
  },
});

const kvs = (wanted) => {
  if (id === undefined) throw new Error('no key value store is associated with this function');
  if (wanted !== undefined && wanted !== id) {
    throw new Error('the key value store ' + wanted + ' is not associated with this function: ' + id + ' is');
  }
  return store;
};

const cf = { kvs };
for (const name of ['updateRequestOrigin', 'selectRequestOriginById', 'createRequestOriginGroup', 'edgeLocation', 'rawQueryString']) {
  Object.defineProperty(cf, name, {
    get() {
      throw new ReferenceError('not modelled locally: ' + name + ' of the module cloudfront');
    },
  });
}
export default Object.freeze(cf);
