// Events of a browser's requests.

import { viewerRequest } from '../../../../edge/tests/viewer-request.mjs';

const BROWSER = {
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'en-US,en;q=0.9,de;q=0.8',
  'sec-ch-ua': '"Chromium";v="147", "Not.A/Brand";v="24"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Linux"',
  'sec-fetch-dest': 'empty',
  'sec-fetch-mode': 'cors',
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36',
};

const OWN = { origin: 'https://example.com', 'sec-fetch-site': 'same-origin' };

/** @param {Record<string, string>} headers */
export const event = (method, uri, headers = {}, body = undefined) =>
  viewerRequest(method, uri, { ...BROWSER, ...OWN, ...headers }, body);

export const mint = (accept = 'application/json', host = 'example.com') => event('GET', '/api/cv', { accept, host });

export const preflight = (accept = '*/*') =>
  event('OPTIONS', '/api/count', {
    accept,
    'access-control-request-headers': 'idempotency-key',
    'access-control-request-method': 'POST',
  });
