// Answers that were given and hold for a while: a preflight's, and a link's within its window. The WASM says which do,
// until when, and which headers they depend on; so the same question costs a look-up, and no rule stands here.

/** How many are remembered: two routes for a few origins, hosts and browsers. */
const CAPACITY = 16;

/** How many questions are known to have been asked once. */
const LATELY = 8;

/** The methods whose answers may hold. */
const METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** @typedef {{ answer: object, from: number, until: number }} Held */

export class Answers {
  /** @type {Map<string, Held>} */
  #held = new Map();
  /** @type {string[]} */
  #lately = [];
  #oldest = 0;
  #headers;

  /** @param {string[]} headers The names of all headers that an answer which holds depends on, in lower case. */
  constructor(headers) {
    this.#headers = headers;
  }

  /**
   * What stands for a question; undefined if its answer cannot hold, and for an event in another shape than CloudFront's.
   * @param {any} event
   * @returns {string | undefined}
   */
  key(event) {
    const { config, request } = event?.Records?.[0]?.cf ?? {};
    if (!METHODS.has(request?.method) || !config || !request.headers) return undefined;
    // CloudFront writes names in lower case. Where it did not, a name of ours may hide in another spelling.
    for (const name in request.headers) if (name !== name.toLowerCase()) return undefined;
    const key = [config.eventType, config.distributionDomainName, request.method, request.uri];
    for (const name of this.#headers) {
      const values = request.headers[name];
      if (values !== undefined && values?.length !== 1) return undefined;
      key.push(values === undefined ? null : values[0]?.value);
    }
    return JSON.stringify(key);
  }

  /**
   * The answer, if it still holds. A clock that went back ends it too.
   * @param {string} key
   * @param {number} now
   * @returns {object | undefined}
   */
  recall(key, now) {
    const held = this.#held.get(key);
    return held && held.from <= now && now <= held.until ? held.answer : undefined;
  }

  /**
   * Keeps the answer to a question that has been asked before. One that was asked once may be one of a flood, no two alike:
   * keeping those filled the heap with what nobody asked for again, 15 MB of the function's 128.
   * @param {string} key
   * @param {Held} held
   */
  remember(key, held) {
    if (!this.#held.has(key) && !this.#lately.includes(key)) {
      this.#lately[this.#oldest] = key;
      this.#oldest = (this.#oldest + 1) % LATELY;
      return;
    }
    if (this.#held.size >= CAPACITY) this.#held.clear();
    this.#held.set(key, held);
  }

  /** The configuration has changed. */
  forget() {
    this.#held.clear();
  }
}
