// Runs the function in a separate context without Node's globals, which CloudFront's runtime lacks too.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import vm from 'node:vm';

const source = readFileSync(new URL('site.js', import.meta.url), 'utf8');
const context = vm.createContext({});
vm.runInContext(`'use strict';${source}`, context);

function handle(uri, querystring = {}) {
  const event = { version: '1.0', request: { method: 'GET', uri, querystring, headers: {}, cookies: {} } };
  context.json = JSON.stringify(event);
  return JSON.parse(vm.runInContext('JSON.stringify(handler(JSON.parse(json)))', context));
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
  const twice = { a: { value: '1', multiValue: [{ value: '1' }, { value: '%202' }] }, cv: { value: 'x' }, flag: { value: '' } };
  assert.equal(handle('/index.html', twice).headers.location.value, '/?a=1&a=%202&cv=x&flag');
});

test('no redirect leads to another host', () => {
  for (const uri of ['//evil.example/index.html', '//evil', '/\\evil.example/index.html', '/a//b', '/a\\b', '///index.html']) {
    assert.equal(handle(uri).uri, uri);
  }
});

test('the function fits into a parameter of the template', () => {
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
  assert.ok(Buffer.byteLength(source) <= 4096);
});
