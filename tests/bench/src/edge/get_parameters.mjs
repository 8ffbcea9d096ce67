// node get_parameters.mjs MODULE: calls Parameter Store as the given contestant does, and prints how long that took, from
// loading the client to the complete response, in milliseconds. The WASM, which signs for one of them, is loaded before.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = dirname(process.argv[2]);
const load = (name) => import(pathToFileURL(join(folder, name)).href);
const getParameters = existsSync(join(folder, 'http.mjs')) ? await ours() : theirs;

async function ours() {
  const { Handler, initSync } = await load('vitae_edge.js');
  initSync({ module: new WebAssembly.Module(readFileSync(join(folder, 'vitae_edge_bg.wasm'))) });
  const edge = new Handler(readFileSync(join(folder, 'bundle.json'), 'utf8'), process.getBuiltinModule('node:crypto'));
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token, AWS_ENDPOINT_URL_SSM: url } = process.env;
  return async () => {
    const { send } = await load('http.mjs');
    const signed = JSON.parse(edge.getParametersRequest(id, secret, token, url, Date.now()));
    const { body } = await send(signed, AbortSignal.timeout(3000));
    return JSON.parse(body);
  };
}

async function theirs() {
  const client = createRequire(process.argv[2]).resolve('@aws-sdk/client-ssm');
  const { GetParametersCommand, SSMClient } = await import(pathToFileURL(client).href);
  const Names = ['config', 'origins/dev', 'origins/prod', 'signer/active'].map((name) => `/vitae/vitae/${name}`);
  return new SSMClient().send(new GetParametersCommand({ Names, WithDecryption: true }));
}

const started = performance.now();
const { Parameters: parameters } = await getParameters();
const first_ms = performance.now() - started;
if (parameters.length !== 2) throw new Error('not the parameters');
process.stdout.write(`${JSON.stringify({ first_ms })}\n`);
