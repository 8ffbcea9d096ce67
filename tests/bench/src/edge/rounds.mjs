// node rounds.mjs MODULE: for each line `REQUEST N`, handles N requests and writes the duration of each, in microseconds.

import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { mint, preflight } from './events.mjs';

// The clock stands still, so that no refresh is due, except where each request needs a new window.
const NOW = 1_767_290_400_001;
let now = NOW;
Date.now = () => now;
const { handler } = await import(pathToFileURL(process.argv[2]).href);

const WINDOW_MS = 10_000;
let turn = 0;
const same = { signed: mint(), preflight: preflight() };

/** The next event. */
function next(request) {
  turn += 1;
  now = NOW;
  switch (request) {
    case 'unsigned':
      // Five windows, in which the parameters stay fresh, of two hosts: more links than are cached.
      now += (turn % 5) * WINDOW_MS;
      return mint(`application/json, text/x-${turn}`, turn % 10 < 5 ? 'example.com' : 'www.example.com');
    default:
      return same[request];
  }
}

const STATUS = { signed: '200', unsigned: '200', preflight: '204' };

for await (const line of createInterface({ input: process.stdin })) {
  const [request, count] = line.split(' ');
  const durations = [];
  for (let index = 0; index < Number(count); index += 1) {
    const event = next(request);
    const started = performance.now();
    const { status } = await handler(event);
    durations.push((performance.now() - started) * 1000);
    if (status !== STATUS[request]) throw new Error(`${request}: ${status}`);
  }
  process.stdout.write(`${JSON.stringify(durations)}\n`);
}
