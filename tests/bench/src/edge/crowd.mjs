// node crowd.mjs MODULE N: handles N distinct requests over a quarter of an hour of the clock, and prints the memory in use.

import { pathToFileURL } from 'node:url';
import { event } from './events.mjs';

let now = Date.now();
Date.now = () => now;
const { handler } = await import(pathToFileURL(process.argv[2]).href);
const body = { inputTruncated: false, action: 'read-only', encoding: 'base64', data: 'eyJhIjoxfQ==' };

/** Each makes one event; events of a kind are distinct. */
const KINDS = [
  (turn) => event('GET', `/api/${turn}`, { origin: `https://${turn}.example` }),
  (turn) => event('OPTIONS', '/api/count', { origin: `https://${turn}.example`, 'access-control-request-method': 'POST' }),
  (turn) => event('GET', '/api/cv', { accept: `application/json, text/x-${turn}` }),
  (turn) => event('POST', '/api/count', { 'x-visitor': `${turn}` }, body),
  (turn) => event('OPTIONS', '/api/count', { 'access-control-request-method': 'POST', accept: `text/x-${turn}` }),
  (turn) => event('GET', '/api/cv', { host: `${turn}.example` }),
];

for (let turn = 0; turn < Number(process.argv[3]); turn += 1) {
  await handler(KINDS[turn % KINDS.length](turn));
  now += 10;
  // Lets responses of Parameter Store arrive, as they do between requests.
  if (turn % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
}

const peak = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`\n${JSON.stringify({ rss: process.memoryUsage().rss, peak })}\n`);
