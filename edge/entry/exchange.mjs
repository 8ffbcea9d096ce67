// One request to Parameter Store and its answer.

/** @import { Answer, SignedRequest } from './vitae_edge.js' */

/** The longest answer that is read, in characters: more than four parameters of the advanced tier. */
const ANSWER_CHARACTERS = 65_536;

/**
 * On a connection of its own: one that was kept would be dead after a freeze.
 * @param {SignedRequest} signed
 * @param {AbortSignal} signal
 * @returns {Promise<Answer>}
 */
export function exchange({ method, url, headers, body }, signal) {
  return new Promise((resolve, reject) => {
    // Not imported: an import of `node:http` touches all it exports, and so loads WebSockets: 6 MB, and time at each start.
    const client = process.getBuiltinModule(url.startsWith('http:') ? 'node:http' : 'node:https');
    const options = { method, agent: false, signal, headers: Object.fromEntries(headers) };
    const request = client.request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('error', reject);
      response.on('data', (chunk) => {
        text += chunk;
        if (text.length > ANSWER_CHARACTERS) request.destroy(new Error('answer too long'));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    request.on('error', reject);
    request.end(body);
  });
}
