// The modules crypto, querystring and buffer. Evaluates to a function that is called when code first uses one of them.
// `hash(algorithm, key, data)` takes and returns hexadecimal text; a key of null is a hash, any other an HMAC. `isFirst` is
// whether the runtime is cloudfront-js-1.0, where a digest without an encoding is a byte string.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
(hash, isFirst) => {
  const HEX = '0123456789abcdef';
  const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const encodings = ['utf8', 'hex', 'base64', 'base64url'];

  const encodingOf = (encoding) => {
    const name = encoding === undefined ? 'utf8' : String(encoding).toLowerCase().replace('utf-8', 'utf8');
    if (!encodings.includes(name)) throw new TypeError('"' + encoding + '" encoding is not supported');
    return name;
  };

  const utf8 = (text) => {
    const list = [];
    for (let at = 0; at < text.length; at += 1) {
      const code = text.codePointAt(at);
      if (code > 0xffff) at += 1;
      const c = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
      if (c < 0x80) list.push(c);
      else if (c < 0x800) list.push(0xc0 | (c >> 6), 0x80 | (c & 63));
      else if (c < 0x10000) list.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
      else list.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63));
    }
    return list;
  };

  // Bytes that are not UTF-8 become U+FFFD, one for each.
  const fromUtf8 = (bytes) => {
    let text = '';
    for (let at = 0; at < bytes.length; at += 1) {
      const first = bytes[at];
      const more = first < 0x80 ? 0 : first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2
        : first >= 0xf0 && first < 0xf5 ? 3 : -1;
      let code = more <= 0 ? first : first & (0x3f >> more);
      let valid = more >= 0 && at + more < bytes.length;
      for (let next = 1; valid && next <= more; next += 1) {
        valid = (bytes[at + next] & 0xc0) === 0x80;
        code = (code << 6) | (bytes[at + next] & 63);
      }
      valid = valid && !(more === 2 && (code < 0x800 || (code >= 0xd800 && code < 0xe000)));
      valid = valid && !(more === 3 && (code < 0x10000 || code > 0x10ffff));
      text += valid ? String.fromCodePoint(code) : '\ufffd';
      if (valid) at += more;
    }
    return text;
  };

  const toHex = (bytes) => {
    let text = '';
    for (let at = 0; at < bytes.length; at += 1) text += HEX[bytes[at] >> 4] + HEX[bytes[at] & 15];
    return text;
  };

  const fromHex = (text) => {
    const list = [];
    for (let at = 0; at + 1 < text.length; at += 2) {
      const byte = parseInt(text.slice(at, at + 2), 16);
      if (isNaN(byte)) break;
      list.push(byte);
    }
    return list;
  };

  const toBase64 = (bytes, isUrl) => {
    let text = '';
    for (let at = 0; at < bytes.length; at += 3) {
      const left = bytes.length - at;
      const value = (bytes[at] << 16) | ((left > 1 ? bytes[at + 1] : 0) << 8) | (left > 2 ? bytes[at + 2] : 0);
      text += BASE64[value >> 18] + BASE64[(value >> 12) & 63];
      text += (left > 1 ? BASE64[(value >> 6) & 63] : '=') + (left > 2 ? BASE64[value & 63] : '=');
    }
    return isUrl ? text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '') : text;
  };

  const fromBase64 = (text) => {
    const list = [];
    let value = 0;
    let bits = 0;
    for (let at = 0; at < text.length; at += 1) {
      const c = text[at] === '-' ? '+' : text[at] === '_' ? '/' : text[at];
      const digit = BASE64.indexOf(c);
      if (digit < 0) continue;
      value = ((value << 6) | digit) & 0xffffff;
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        list.push((value >> bits) & 255);
      }
    }
    return list;
  };

  const decode = (text, encoding) => {
    const name = encodingOf(encoding);
    return name === 'utf8' ? utf8(text) : name === 'hex' ? fromHex(text) : fromBase64(text);
  };

  class Buffer extends Uint8Array {
    static from(value, encoding, length) {
      if (typeof value === 'string') return Buffer.#of(decode(value, encoding));
      if (value instanceof ArrayBuffer) return new Buffer(value, encoding, length);
      if (value !== null && typeof value === 'object') {
        const list = value.type === 'Buffer' ? value.data : value;
        return Buffer.#of(Array.from(list));
      }
      throw new TypeError('first argument is not a string or Buffer-like object');
    }
    static #of(list) {
      const buffer = new Buffer(list.length);
      buffer.set(list);
      return buffer;
    }
    static alloc(size, fill, encoding) {
      const buffer = new Buffer(size);
      return fill === undefined ? buffer : buffer.fill(fill, encoding);
    }
    static allocUnsafe(size) {
      return new Buffer(size);
    }
    static byteLength(value, encoding) {
      return typeof value === 'string' ? decode(value, encoding).length : value.byteLength;
    }
    static compare(one, other) {
      for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
        if (one[at] !== other[at]) return one[at] < other[at] ? -1 : 1;
      }
      return Math.sign(one.length - other.length);
    }
    static concat(list, total) {
      const joined = [];
      list.forEach((part) => part.forEach((byte) => joined.push(byte)));
      const buffer = new Buffer(total === undefined ? joined.length : total);
      buffer.set(joined.slice(0, buffer.length));
      return buffer;
    }
    static isBuffer(value) {
      return value instanceof Buffer;
    }
    static isEncoding(encoding) {
      return encodings.includes(String(encoding).toLowerCase().replace('utf-8', 'utf8'));
    }
    compare(other) {
      return Buffer.compare(this, other);
    }
    equals(other) {
      return Buffer.compare(this, other) === 0;
    }
    copy(target, at = 0, start = 0, end = this.length) {
      const part = this.subarray(start, Math.min(end, start + target.length - at));
      target.set(part, at);
      return part.length;
    }
    fill(value, encoding) {
      const list = typeof value === 'string' ? decode(value, typeof encoding === 'string' ? encoding : undefined) : [value];
      for (let at = 0; at < this.length; at += 1) this[at] = list.length === 0 ? 0 : list[at % list.length];
      return this;
    }
    indexOf(value, from = 0, encoding) {
      const list = typeof value === 'number' ? [value & 255] : typeof value === 'string' ? decode(value, encoding) : value;
      for (let at = from; at + list.length <= this.length; at += 1) {
        let same = 0;
        while (same < list.length && this[at + same] === list[same]) same += 1;
        if (same === list.length) return at;
      }
      return -1;
    }
    includes(value, from, encoding) {
      return this.indexOf(value, from, encoding) >= 0;
    }
    slice(start, end) {
      return this.subarray(start, end);
    }
    toJSON() {
      return { type: 'Buffer', data: Array.from(this) };
    }
    toString(encoding, start = 0, end = this.length) {
      const part = this.subarray(start, end);
      const name = encodingOf(encoding);
      return name === 'utf8' ? fromUtf8(part) : name === 'hex' ? toHex(part) : toBase64(part, name === 'base64url');
    }
    write(text, at = 0, length = this.length - at, encoding) {
      const part = decode(text, encoding).slice(0, Math.min(length, this.length - at));
      this.set(part, at);
      return part.length;
    }
  }
  [['Int8', 1], ['Uint8', 1], ['Int16', 2], ['Uint16', 2], ['Int32', 4], ['Uint32', 4], ['Float32', 4, 'Float'],
    ['Float64', 8, 'Double']].forEach((kind) => {
    const name = kind[2] === undefined ? kind[0].replace('Uint', 'UInt') : kind[2];
    (kind[1] === 1 ? [['', true]] : [['LE', true], ['BE', false]]).forEach((order) => {
      const view = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
      Buffer.prototype['read' + name + order[0]] = function (at = 0) {
        return view(this)['get' + kind[0]](at, order[1]);
      };
      Buffer.prototype['write' + name + order[0]] = function (value, at = 0) {
        view(this)['set' + kind[0]](at, value, order[1]);
        return at + kind[1];
      };
    });
  });

  // Collects what `update` gets, and computes the digest once.
  const digester = (algorithm, key) => {
    if (!['md5', 'sha1', 'sha256'].includes(algorithm)) throw new TypeError('not supported algorithm: "' + algorithm + '"');
    let data = '';
    let isDone = false;
    const self = {
      update(value, encoding) {
        if (isDone) throw new Error('Digest already called');
        data += toHex(typeof value === 'string' ? decode(value, encoding) : value);
        return self;
      },
      digest(encoding) {
        if (isDone) throw new Error('Digest already called');
        isDone = true;
        const bytes = Buffer.from(hash(algorithm, key, data), 'hex');
        if (encoding !== undefined) return bytes.toString(encoding);
        return isFirst ? Array.from(bytes).map((byte) => String.fromCharCode(byte)).join('') : bytes;
      },
    };
    return self;
  };

  const crypto = {
    createHash: (algorithm) => digester(algorithm, null),
    createHmac: (algorithm, key) => digester(algorithm, toHex(typeof key === 'string' ? utf8(key) : key)),
  };

  const unescape = (text) => {
    try {
      return decodeURIComponent(text);
    } catch (error) {
      return text;
    }
  };
  const querystring = {
    escape: (text) => encodeURIComponent(text),
    unescape,
    parse(text, separator = '&', equals = '=', options = {}) {
      const decoder = options.decodeURIComponent || querystring.unescape;
      const limit = options.maxKeys === undefined ? 1000 : options.maxKeys;
      const found = {};
      const pairs = text.split(separator).filter((pair) => pair !== '');
      pairs.slice(0, limit === 0 ? pairs.length : limit).forEach((pair) => {
        const at = pair.indexOf(equals);
        const clean = (part) => decoder(part.replace(/\+/g, ' '));
        const name = clean(at < 0 ? pair : pair.slice(0, at));
        const value = clean(at < 0 ? '' : pair.slice(at + equals.length));
        if (!Object.prototype.hasOwnProperty.call(found, name)) found[name] = value;
        else if (Array.isArray(found[name])) found[name].push(value);
        else found[name] = [found[name], value];
      });
      return found;
    },
    stringify(object, separator = '&', equals = '=', options = {}) {
      const encoder = options.encodeURIComponent || querystring.escape;
      const simple = (value) => (['string', 'number', 'boolean'].includes(typeof value) ? String(value) : '');
      const pairs = [];
      Object.keys(object).forEach((name) => {
        (Array.isArray(object[name]) ? object[name] : [object[name]]).forEach((value) => {
          pairs.push(encoder(name) + equals + encoder(simple(value)));
        });
      });
      return pairs.join(separator);
    },
  };
  querystring.decode = querystring.parse;
  querystring.encode = querystring.stringify;

  // Strings of bytes, which only cloudfront-js-1.0 has.
  const bytesOf = (text) => Array.from(text).map((c) => c.charCodeAt(0));
  const byteString = (list) => list.map((byte) => String.fromCharCode(byte & 255)).join('');
  const strings = {
    bytesFrom: (value, encoding) => byteString(Array.isArray(value) ? value : decode(value, encoding)),
    fromBytes(start, end) {
      return this.slice(start, end);
    },
    fromUTF8(start, end) {
      const text = fromUtf8(bytesOf(this.slice(start, end)));
      return text.includes('\ufffd') ? null : text;
    },
    toBytes(start, end) {
      const part = this.slice(start, end);
      return bytesOf(part).some((code) => code > 255) ? null : part;
    },
    toUTF8(start, end) {
      return byteString(utf8(this.slice(start, end)));
    },
    toString(encoding) {
      return encoding === undefined ? this.valueOf() : Buffer.from(bytesOf(this.valueOf())).toString(encoding);
    },
  };

  return { crypto, querystring, buffer: { Buffer }, strings };
}
