// node rounds.mjs MODULE: for each line `QUESTION N`, asks N times and writes how long each took, in microseconds.

import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { mint, preflight } from './events.mjs';

// The clock stands, so that nothing is due, but where a window is to be new.
const NOW = 1_767_290_400_001;
let now = NOW;
Date.now = () => now;
const { handler } = await import(pathToFileURL(process.argv[2]).href);

const WINDOW_MS = 10_000;
let turn = 0;
const same = { signed: mint(), preflight: preflight() };

/** The next event. What `Accept` says tells questions apart, and changes no answer here. */
function next(question) {
  turn += 1;
  now = NOW;
  switch (question) {
    case 'unheard':
      return mint(`application/json, text/x-${turn}`);
    case 'unsigned':
      // Five windows, in which the parameters stay fresh, of two hosts: more links than are remembered.
      now += (turn % 5) * WINDOW_MS;
      return mint(`application/json, text/x-${turn}`, turn % 10 < 5 ? 'example.com' : 'www.example.com');
    case 'unheard-preflight':
      return preflight(`text/x-${turn}`);
    default:
      return same[question];
  }
}

const STATUS = { signed: '200', unheard: '200', unsigned: '200', preflight: '204', 'unheard-preflight': '204' };

for await (const line of createInterface({ input: process.stdin })) {
  const [question, count] = line.split(' ');
  const took = [];
  for (let asked = 0; asked < Number(count); asked += 1) {
    const event = next(question);
    const started = performance.now();
    const { status } = await handler(event);
    took.push((performance.now() - started) * 1000);
    if (status !== STATUS[question]) throw new Error(`${question}: ${status}`);
  }
  process.stdout.write(`${JSON.stringify(took)}\n`);
}
