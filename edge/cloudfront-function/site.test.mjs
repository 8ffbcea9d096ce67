// Runs the function in a separate context without Node's globals, which CloudFront's runtime lacks too.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import vm from 'node:vm';

const source = readFileSync(new URL('site.js', import.meta.url), 'utf8');
const context = vm.createContext({});
vm.runInContext(`'use strict';${source}`, context);

function handle(uri, rawQuery) {
  const request = { method: 'GET', uri, querystring: {}, headers: {}, cookies: {} };
  return call({ version: '1.0', context: { eventType: 'viewer-request' }, request }, rawQuery);
}

// Adds the method that the runtime adds to a request.
function call(event, rawQuery) {
  Object.assign(context, { json: JSON.stringify(event), rawQuery });
  return JSON.parse(vm.runInContext(`
    var event = JSON.parse(json);
    if (event.request) event.request.rawQueryString = function () { return rawQuery; };
    JSON.stringify(handler(event));
  `, context));
}

test('a folder is served from its index document', () => {
  assert.equal(handle('/').uri, '/index.html');
  assert.equal(handle('/projects/').uri, '/projects/index.html');
  assert.equal(handle('/.well-known/').uri, '/.well-known/index.html');
});

test('an index document has one address', () => {
  for (const [uri, location] of [['/index.html', '/'], ['/projects/index.html', '/projects/'], ['/a/b/index.html', '/a/b/']]) {
    const response = handle(uri);
    assert.equal(response.statusCode, 301);
    assert.equal(response.headers.location.value, location);
  }
});

test('a folder without its slash is redirected to it', () => {
  assert.equal(handle('/projects').headers.location.value, '/projects/');
  assert.equal(handle('/v1.2/notes').headers.location.value, '/v1.2/notes/');
});

test('the path of a file is unchanged', () => {
  for (const uri of ['/css/site.css', '/robots.txt', '/my-index.html', '/.well-known/security', '/api', '/cv']) {
    assert.equal(handle(uri).uri, uri);
  }
});

test('a redirect keeps the query', () => {
  // aws-samples/amazon-cloudfront-functions#11: names with numbers moved, empty values lost their sign.
  assert.equal(handle('/docs', 'b=1&2=x&a=&b=3&flag').headers.location.value, '/docs/?b=1&2=x&a=&b=3&flag');
  assert.equal(handle('/index.html', '').headers.location.value, '/');
});

test('no redirect leads to another host', () => {
  for (const uri of ['//evil.example/index.html', '//evil', '/\\evil.example/index.html', '/a//b', '/a\\b', '///index.html']) {
    assert.equal(handle(uri).uri, uri);
  }
});

test('a response gets the content security policy and keeps its other headers', () => {
  const headers = { 'content-type': { value: 'text/html' }, 'x-frame-options': { value: 'SAMEORIGIN' } };
  const response = { statusCode: 200, statusDescription: 'OK', headers, cookies: {} };
  const result = call({ version: '1.0', context: { eventType: 'viewer-response' }, request: { uri: '/index.html' }, response });
  assert.equal(result.statusCode, 200);
  assert.equal(result.headers['content-type'].value, 'text/html');
  assert.equal(result.headers['x-frame-options'].value, 'DENY');
  assert.match(result.headers['content-security-policy'].value, /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/);
});

test('the policy of every theme’s 404 page, for which no function runs, is that of the function', () => {
  const themes = new URL('../../site/themes/', import.meta.url);
  const names = readdirSync(themes, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  assert.ok(names.includes('default'));
  const response = { statusCode: 200, headers: {} };
  const result = call({ context: { eventType: 'viewer-response' }, response });
  for (const name of names) {
    const page = readFileSync(new URL(`${name}/404.html`, themes), 'utf8');
    const [, policy] = page.match(/<meta http-equiv="Content-Security-Policy" content="([^"]+)">/);
    // A policy in <meta> cannot have frame-ancestors: https://www.w3.org/TR/CSP3/#meta-element
    assert.equal(`${policy}; frame-ancestors 'none'`, result.headers['content-security-policy'].value, name);
  }
});

test('the function fits into a parameter of the template', () => {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
  assert.ok(Buffer.byteLength(source) <= 4096);
});
