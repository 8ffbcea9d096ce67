// One request to Parameter Store.

/** @import { HttpResponse, SignedRequest } from './vitae_edge.js' */

/** The longest response that is read, in characters: more than four parameters of the advanced tier. */
const RESPONSE_CHARACTERS = 65_536;

/**
 * Sends a request on a new connection: a pooled one would be dead after a freeze.
 * @param {SignedRequest} signed
 * @param {AbortSignal} signal
 * @returns {Promise<HttpResponse>}
 */
export function send({ method, url, headers, body }, signal) {
  return new Promise((resolve, reject) => {
    // Not imported: an import of `node:http` touches all its exports and so loads WebSockets, which costs 6 MB and time at
    // each start.
    const client = process.getBuiltinModule(url.startsWith('http:') ? 'node:http' : 'node:https');
    const options = { method, agent: false, signal, headers: Object.fromEntries(headers) };
    const request = client.request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', reject);
      response.on('data', (chunk) => {
        text += chunk;
        if (text.length > RESPONSE_CHARACTERS) request.destroy(new Error('response too long'));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
