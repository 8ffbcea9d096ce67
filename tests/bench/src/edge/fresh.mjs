// node fresh.mjs MODULE: loads the module and requests a link.

import { pathToFileURL } from 'node:url';
import { mint } from './events.mjs';

const request = mint();
const { handler } = await import(pathToFileURL(process.argv[2]).href);
const started = performance.now();
const { status, body } = await handler(request);
const first_ms = performance.now() - started;
if (status !== '200' || !JSON.parse(body).url.includes('Signature=')) throw new Error(`no link: ${status} ${body}`);
process.stdout.write(`${JSON.stringify({ first_ms })}\n`);
