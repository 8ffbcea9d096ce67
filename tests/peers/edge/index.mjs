// A conventional edge function: JavaScript, with the AWS SDK's client for Parameter Store and its signer, which signs for
// every visitor. The rules are Vitae's. It is a benchmark peer and used for nothing else.

import { createHash } from 'node:crypto';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { getSignedUrl } from '@aws-sdk/cloudfront-signer';

const PREFIX = '/vitae/vitae/';
const NAMES = ['config', 'origins/dev', 'origins/prod', 'signer/active'].map((name) => PREFIX + name);
const FRESH_MS = 60_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const ROUTES = {
  '/api/count': { methods: ['GET', 'HEAD', 'POST'], headers: ['accept', 'content-type', 'idempotency-key'] },
  '/api/cv': { methods: ['GET', 'HEAD'], headers: ['accept'] },
};

const client = new SSMClient({ region: 'us-east-1', requestHandler: { requestTimeout: 3000 } });

let known;
let refreshing;

async function refresh() {
  const response = await client.send(new GetParametersCommand({ Names: NAMES, WithDecryption: true }));
  const values = Object.fromEntries(response.Parameters.map(({ Name, Value }) => [Name.slice(PREFIX.length), Value]));
  const config = JSON.parse(values.config);
  const origins = new Set(config.names.map((name) => `https://${name}`));
  if (values['origins/prod']) origins.add(values['origins/prod']);
  if (config.dev_origin && values['origins/dev']) origins.add(values['origins/dev']);
  known = {
    at: Date.now(),
    names: new Set(config.names),
    origins,
    cv: { path: '/cv/resume.pdf', lifetime_s: 60, window_s: 10, ...config.cv },
    crossSite: config.mint?.cross_site ?? false,
    signer: JSON.parse(values['signer/active']),
  };
}

async function configuration() {
  if (known && Date.now() - known.at < FRESH_MS) return known;
  refreshing ??= refresh().finally(() => (refreshing = undefined));
  await refreshing;
  return known;
}

const one = (headers, name) => (headers[name]?.length === 1 ? headers[name][0].value : undefined);

function respond(status, statusDescription, headers, body) {
  const all = { 'Cache-Control': 'no-store', Vary: 'Origin', 'X-Content-Type-Options': 'nosniff', ...headers };
  const response = { status, statusDescription, headers: {} };
  for (const [key, value] of Object.entries(all)) response.headers[key.toLowerCase()] = [{ key, value }];
  if (body !== undefined) Object.assign(response, { body, bodyEncoding: 'text' });
  return response;
}

function problem(status, statusDescription, code, headers) {
  const body = JSON.stringify({ title: statusDescription, status: Number(status), code });
  return respond(status, statusDescription, { 'Content-Type': 'application/problem+json', ...headers }, body);
}

function preflight(route, headers, cors) {
  const method = one(headers, 'access-control-request-method');
  const requested = (one(headers, 'access-control-request-headers') ?? '').split(',').map((name) => name.trim().toLowerCase());
  const accepted = (name) => name === '' || route.headers.includes(name);
  if ((method !== undefined && !route.methods.includes(method)) || !requested.every(accepted)) {
    return problem('403', 'Forbidden', 'preflight_refused', cors);
  }
  return respond('204', 'No Content', {
    'Access-Control-Allow-Methods': route.methods.join(', '),
    'Access-Control-Allow-Headers': route.headers.join(', '),
    'Access-Control-Max-Age': '7200',
    ...cors,
  });
}

function mayMint(headers, origin, accept, crossSite) {
  if (origin !== undefined) return true;
  const site = headers['sec-fetch-site'] === undefined ? undefined : (one(headers, 'sec-fetch-site') ?? 'junk');
  if (site === undefined) return accept.includes('text/html');
  return ['same-origin', 'same-site', 'none'].includes(site) || (site === 'cross-site' && crossSite);
}

function mint(host, { cv, signer }, accept, cors) {
  const expires = Math.ceil((Date.now() / 1000 + cv.lifetime_s) / cv.window_s) * cv.window_s;
  const url = getSignedUrl({
    url: `https://${host}${cv.path}`,
    keyPairId: signer.key_pair_id,
    privateKey: signer.private_key,
    dateLessThan: new Date(expires * 1000).toISOString(),
    algorithm: signer.hash.toUpperCase(),
  });
  if (accept.includes('application/json')) {
    return respond('200', 'OK', { 'Content-Type': 'application/json', ...cors }, JSON.stringify({ url, expires }));
  }
  return respond('303', 'See Other', { Location: url, ...cors });
}

function count(request, requestId, origin) {
  const { headers } = request;
  const key = one(headers, 'idempotency-key');
  if (headers['idempotency-key'] && !UUID.test(key ?? '')) return problem('400', 'Bad Request', 'bad_idempotency_key');
  if (request.body?.inputTruncated) return problem('413', 'Content Too Large', 'body_too_large');
  const body = Buffer.from(request.body?.data ?? '', request.body?.encoding === 'text' ? 'utf8' : 'base64');
  const set = (name, value) => (headers[name] = [{ key: name, value }]);
  set('x-vitae-allow-origin', origin);
  set('x-amz-content-sha256', createHash('sha256').update(body).digest('hex'));
  set('idempotency-key', key ?? createHash('sha256').update(requestId).digest('hex').slice(0, 32));
  return request;
}

export const handler = async (event) => {
  const { config, request } = event.Records[0].cf;
  const { headers, method, uri } = request;
  const route = ROUTES[uri];
  if (!route) return problem('400', 'Bad Request', 'not_found');
  if (method !== 'OPTIONS' && !route.methods.includes(method)) {
    return problem('405', 'Method Not Allowed', 'method_not_allowed', { Allow: [...route.methods, 'OPTIONS'].join(', ') });
  }
  let settings;
  try {
    settings = await configuration();
  } catch (error) {
    console.error(JSON.stringify({ event: 'refresh_failed', reason: error.name }));
    return problem('503', 'Service Unavailable', 'config_unavailable', { 'Retry-After': '5' });
  }
  const host = one(headers, 'host')?.toLowerCase();
  if (!settings.names.has(host) && host !== config.distributionDomainName) return problem('421', 'Misdirected Request', 'host_unknown');
  const origin = headers.origin === undefined ? undefined : (one(headers, 'origin') ?? 'repeated');
  if (origin !== undefined && !settings.origins.has(origin)) return problem('403', 'Forbidden', 'origin_not_allowed');
  if (origin === undefined && (method === 'OPTIONS' || method === 'POST')) return problem('403', 'Forbidden', 'origin_not_allowed');
  const cors = origin === undefined ? {} : { 'Access-Control-Allow-Origin': origin };
  if (method === 'OPTIONS') return preflight(route, headers, cors);
  if (method === 'POST') return count(request, config.requestId, origin);
  if (uri === '/api/count') {
    if (origin === undefined) delete headers['x-vitae-allow-origin'];
    else headers['x-vitae-allow-origin'] = [{ key: 'x-vitae-allow-origin', value: origin }];
    return request;
  }
  const accept = one(headers, 'accept') ?? '';
  if (!mayMint(headers, origin, accept, settings.crossSite)) return problem('403', 'Forbidden', 'origin_not_allowed');
  return mint(host, settings, accept, cors);
};

// While the module loads, so that the first visitor need not wait. After a failure the first request tries again.
await configuration().catch(() => undefined);
