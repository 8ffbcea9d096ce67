// Viewer-request events as a browser causes them, in the documented shape.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html

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

/** @param {Record<string, string>} headers */
export function event(method, uri, headers = {}, body = undefined) {
  const all = { ...BROWSER, host: 'example.com', origin: 'https://example.com', 'sec-fetch-site': 'same-origin', ...headers };
  const fields = {};
  for (const [key, value] of Object.entries(all)) fields[key] = [{ key, value }];
  const request = { clientIp: '203.0.113.178', headers: fields, method, querystring: '', uri };
  if (body !== undefined) request.body = body;
  const config = {
    distributionDomainName: 'd111111abcdef8.cloudfront.net',
    distributionId: 'EDFDVBD6EXAMPLE',
    eventType: 'viewer-request',
    requestId: '4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==',
  };
  return { Records: [{ cf: { config, request } }] };
}

export const mint = (accept = 'application/json', host = 'example.com') => event('GET', '/api/cv', { accept, host });

export const preflight = (accept = '*/*') =>
  event('OPTIONS', '/api/count', {
    accept,
    'access-control-request-headers': 'idempotency-key',
    'access-control-request-method': 'POST',
  });
