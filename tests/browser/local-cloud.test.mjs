/**
 * A page on another origin reaches nothing on the developer's machine: neither the local cloud, where it could run code, nor the
 * local edge, by `fetch`, by navigation or by DNS rebinding.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { launch } from "./lib/chromium.mjs";
import { cloud, site } from "./lib/settings.mjs";

const FOREIGN = "evil.example";
/** A name of the attacker that resolves to 127.0.0.1, as after DNS rebinding. */
const REBOUND = "rebound.example";

/** The requests that reached a server which accepts every origin. They show that the attacks below are not stopped earlier. */
const reached = [];
const control = createServer((request, response) => {
  reached.push(`${request.method} ${request.url}`);
  response.writeHead(200, { "Content-Type": "text/html", "Access-Control-Allow-Origin": "*" }).end("<!doctype html><title>Control</title>");
});

/** The attacker's site. */
const foreignSite = createServer((_request, response) => {
  response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><title>Foreign site</title>");
});

let browser;
let page;
let controlOrigin;
/** Every response of the local cloud that reached the browser. */
const responses = [];

before(async () => {
  await new Promise((resolve) => control.listen(0, "127.0.0.1", resolve));
  await new Promise((resolve) => foreignSite.listen(0, "127.0.0.1", resolve));
  controlOrigin = `http://127.0.0.1:${control.address().port}`;
  browser = await launch([`--host-resolver-rules=MAP ${FOREIGN} 127.0.0.1,MAP ${REBOUND} 127.0.0.1`]);
  const context = await browser.newContext();
  context.on("response", (response) => {
    if (response.url().startsWith(cloud())) responses.push({ status: response.status(), headers: response.headers(), url: response.url() });
  });
  page = await context.newPage();
  await page.goto(`http://${FOREIGN}:${foreignSite.address().port}/`);
});
after(async () => {
  await browser?.close();
  control.close();
  foreignSite.close();
});

/** A query with a made-up signature for a service. */
function signature(service, keyId = "test") {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  return `?X-Amz-Credential=${keyId}%2F${date.slice(0, 8)}%2Fus-east-1%2F${service}%2Faws4_request&X-Amz-Algorithm=AWS4-HMAC-SHA256` +
    `&X-Amz-Date=${date}&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=00`;
}

const TEMPLATE = JSON.stringify({
  Resources: { P: { Type: "AWS::SSM::Parameter", Properties: { Name: "/attack", Type: "String", Value: "v" } } },
});
const STACK = { Action: "CreateStack", Version: "2010-05-15", StackName: "attack", TemplateBody: TEMPLATE };

/** Calls that need no preflight. */
const CALLS = [
  ["/" + signature("cloudformation"), { method: "POST", body: String(new URLSearchParams(STACK)), headers: { "Content-Type": "application/x-www-form-urlencoded" } }],
  ["/2015-03-31/functions" + signature("lambda"), { method: "POST", body: "{}", headers: { "Content-Type": "text/plain" } }],
  ["/" + signature("iam", "000000000000"), { method: "POST", body: "Action=CreateUser&UserName=attack&Version=2010-05-08", headers: { "Content-Type": "text/plain" } }],
  ["/_ministack/reset", { method: "POST" }],
  ["/_ministack/config", { method: "POST", body: "{}" }],
  ["/_ministack/ses/messages", {}],
  ["/_ministack/health", {}],
  ["/?Action=GetCallerIdentity&Version=2011-06-15", {}],
];

/** Runs `fetch` in the page; returns the type, the status and the body that its script sees, or the name of the error. */
const fetchIn = (target, url, init) =>
  target.evaluate(
    ([url, init]) =>
      fetch(url, init).then(async (response) => `${response.type} ${response.status} ${await response.text()}`, (error) => error.name),
    [url, init],
  );

/** Submits a form of the foreign page, which navigates, and returns the response. The page is back on its site afterwards. */
async function submitForm(action, fields) {
  const [response] = await Promise.all([
    page.waitForNavigation(),
    page.evaluate(([action, fields]) => {
      const form = Object.assign(document.createElement("form"), { method: "post", action });
      for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement("input"), { name, value }));
      document.body.append(form);
      form.submit();
    }, [action, fields]),
  ]);
  assert.equal(response.request().method(), "POST");
  await page.goto(`http://${FOREIGN}:${foreignSite.address().port}/`);
  return response;
}

/** Asserts that the local cloud rejected everything since the last call, and granted no origin. */
function assertAllRejected(atLeast) {
  assert.ok(responses.length >= atLeast, `${responses.length} responses`);
  for (const { status, headers, url } of responses.splice(0)) {
    assert.ok(status === 403 || status === 400, `${status} ${url}`);
    assert.equal(headers["access-control-allow-origin"], undefined, url);
  }
}

test("the foreign page reaches a server that accepts it, by fetch and by navigation, which shows that the browser stops neither", async () => {
  assert.match(await fetchIn(page, `${controlOrigin}/fetch`, { method: "POST", body: "x" }), /^cors 200 /);
  assert.equal((await submitForm(`${controlOrigin}/form`, { a: "b" })).status(), 200);
  const rebound = await page.context().newPage();
  assert.equal((await rebound.goto(`http://${REBOUND}:${control.address().port}/rebound`)).status(), 200);
  await rebound.close();
  for (const request of ["POST /fetch", "POST /form", "GET /rebound"]) assert.ok(reached.includes(request), request);
});

test("a foreign page can neither call the local cloud by fetch nor read its responses", async () => {
  for (const [path, init] of CALLS) {
    assert.equal(await fetchIn(page, cloud() + path, init), "TypeError", path);
    assert.equal(await fetchIn(page, cloud() + path, { ...init, mode: "no-cors" }), "opaque 0 ", path);
  }
  assertAllRejected(CALLS.length);
});

test("a preflight of the local cloud is not granted", async () => {
  const init = { method: "POST", body: "{}", headers: { "X-Amz-Target": "AmazonSSM.GetParameters", "Content-Type": "application/x-amz-json-1.1" } };
  assert.equal(await fetchIn(page, `${cloud()}/${signature("ssm")}`, init), "TypeError");
  responses.splice(0);
});

test("a form that navigates cannot call the local cloud", async () => {
  for (const action of ["/" + signature("cloudformation"), "/", "/_ministack/reset", "/_ministack/config"]) {
    assert.equal((await submitForm(cloud() + action, STACK)).status(), 403, action);
  }
  assertAllRejected(4);
});

test("images, scripts, frames and navigations of a foreign page get nothing of the local cloud", async () => {
  const loaded = await page.evaluate(async (urls) => {
    const results = [];
    for (const url of urls) {
      for (const tag of ["img", "script"]) {
        const element = Object.assign(document.createElement(tag), { src: url });
        results.push(await new Promise((resolve) => {
          element.onload = () => resolve(`${tag} loaded ${url}`);
          element.onerror = () => resolve("error");
          document.body.append(element);
        }));
      }
      const frame = Object.assign(document.createElement("iframe"), { src: url });
      await new Promise((resolve) => { frame.onload = resolve; document.body.append(frame); });
    }
    return results;
  }, ["/_ministack/health", "/_ministack/ses/messages", "/bucket/key" + signature("s3")].map((path) => cloud() + path));
  assert.ok(loaded.every((result) => result === "error"), loaded.join("\n"));
  // Chromium does not report the responses of images and scripts that it blocks.
  assertAllRejected(3);
});

test("a foreign page cannot open a WebSocket to the local cloud", async () => {
  const opened = await page.evaluate((url) => new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onopen = () => resolve(true);
    socket.onerror = () => resolve(false);
  }), `${cloud().replace("http", "ws")}/_aws/execute-api/api/stage/`);
  assert.equal(opened, false);
});

/**
 * Opens a document whose origin is the rebound name with the port of a local server. It stands for the page that the attacker
 * served before the name was rebound: its scripts have the same origin as that server.
 */
async function openRebound(port) {
  const origin = `http://${REBOUND}:${port}`;
  const rebound = await page.context().newPage();
  assert.equal((await rebound.goto(`${origin}/`)).status(), 403);
  assert.equal(await rebound.evaluate(() => self.origin), origin);
  return { rebound, origin };
}

test("after DNS rebinding, a page can read nothing of the local cloud", async () => {
  const { rebound, origin } = await openRebound(new URL(cloud()).port);
  for (const [path, init] of CALLS) {
    assert.match(await fetchIn(rebound, origin + path, init), /^basic 403 /, path);
  }
  await rebound.close();
});

test("after DNS rebinding, a page can read nothing of the local edge", async () => {
  const { rebound, origin } = await openRebound(new URL(site()).port);
  for (const path of ["/", "/api/cv", "/api/count", "/cv/resume.pdf", "/.vitae/reload.js", "/.vitae/reload"]) {
    assert.match(await fetchIn(rebound, origin + path, {}), /^basic 403 /, path);
  }
  assert.match(await fetchIn(rebound, `${origin}/api/count`, { method: "POST" }), /^basic 403 /);
  await rebound.close();
});

test("a form that navigates cannot count at the local edge", async () => {
  assert.equal((await submitForm(`${site()}/api/count`, { a: "b" })).status(), 403);
});
