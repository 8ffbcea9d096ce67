// Reduces the engine's globals to those of cloudfront-js-2.0, or of cloudfront-js-1.0 if `isFirst`. Evaluates to a function
// that is called once, before any code of a function is loaded. `load` evaluates the modules of helpers.js.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
(now, log, load, isFirst) => {
  const globals = (
    'Array ArrayBuffer Boolean DataView Date Error EvalError Float32Array Float64Array Function Infinity Int16Array ' +
    'Int32Array Int8Array InternalError JSON Math NaN Number Object Promise RangeError ReferenceError RegExp String ' +
    'Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray decodeURI ' +
    'decodeURIComponent encodeURI encodeURIComponent globalThis isFinite isNaN parseFloat parseInt undefined'
  ).split(' ');
  const notModelled = ['TextDecoder', 'TextEncoder', 'atob', 'btoa', 'process'];

  const construct = Reflect.construct;
  const stringify = JSON.stringify;
  const define = (object, name, value) =>
    Object.defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });

  for (const name of Reflect.ownKeys(globalThis)) {
    if (!globals.includes(name)) delete globalThis[name];
  }
  // Measured with test-function on 2026-09-04: these methods do not exist, and `global` does.
  const missing = [
    [Array.prototype, 'at findLast findLastIndex flat flatMap toReversed toSorted toSpliced with'],
    [String.prototype, 'at matchAll normalize'],
    [Object, 'fromEntries groupBy hasOwn'],
  ];
  for (const [object, names] of missing) {
    for (const name of names.split(' ')) delete object[name];
  }
  define(globalThis, 'global', globalThis);
  for (const name of notModelled) {
    Object.defineProperty(globalThis, name, {
      get() {
        throw new ReferenceError('not modelled locally: ' + name);
      },
    });
  }
  let modules;
  const helpers = (name) => {
    modules = modules || load(isFirst);
    return modules[name];
  };
  define(globalThis, 'require', function require(name) {
    if (!['crypto', 'querystring', 'buffer'].includes(name)) throw new Error('Cannot find module "' + name + '"');
    return helpers(name);
  });
  if (isFirst) {
    const { bytesFrom, ...methods } = helpers('strings');
    define(String, 'bytesFrom', bytesFrom);
    for (const name of Object.keys(methods)) define(String.prototype, name, methods[name]);
  } else {
    Object.defineProperty(globalThis, 'Buffer', { get: () => helpers('buffer').Buffer, configurable: true });
  }

  // The runtime has `Function`, but it throws when it is called with code.
  const refused = function Function() {
    throw new TypeError('code from strings is refused by the runtime: Function');
  };
  const kinds = [function () {}, async function () {}, function* () {}, async function* () {}];
  for (const kind of kinds) {
    Object.defineProperty(Object.getPrototypeOf(kind), 'constructor', { value: refused });
  }
  refused.prototype = Object.getPrototypeOf(kinds[0]);
  define(globalThis, 'Function', refused);

  // Time does not pass while a function runs.
  const RealDate = Date;
  const FrozenDate = function Date() {
    if (new.target === undefined) return new RealDate(now).toString();
    return construct(RealDate, arguments.length === 0 ? [now] : arguments, new.target);
  };
  FrozenDate.prototype = RealDate.prototype;
  define(FrozenDate, 'now', () => now);
  define(FrozenDate, 'parse', RealDate.parse);
  define(FrozenDate, 'UTC', RealDate.UTC);
  define(RealDate.prototype, 'constructor', FrozenDate);
  define(globalThis, 'Date', FrozenDate);

  const show = (value) => {
    if (typeof value === 'string') return value;
    if (value instanceof Error) return String(value);
    try {
      return stringify(value) ?? String(value);
    } catch {
      return Object.prototype.toString.call(value);
    }
  };
  define(globalThis, 'console', {
    log(...values) {
      log(values.map(show).join(' '));
    },
  });
};
