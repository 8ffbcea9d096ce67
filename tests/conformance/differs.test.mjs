/** Where `@aws-sdk/cloudfront-signer` is wrong: one test for each row of the table in the package's README. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { KEY_PAIR_ID, pem, rsa, withP256, withRsa } from "./lib/keys.mjs";
import { aws, ours } from "./lib/peers.mjs";
import { signerPackage } from "./lib/settings.mjs";
import { decode, parts, policy, verifies } from "./lib/signed_url.mjs";

const EXPIRES = Date.parse("2026-01-01T18:00:00Z");
const request = (more) => ({ ...withRsa, url: "https://d.example/cv.pdf", dateLessThan: EXPIRES, ...more });
const both = (input) => [ours.getSignedUrl(input), aws.getSignedUrl(input)];

/** The rows of the README's table that have a test. */
const tested = [];

/** Declares the test of a row: of its first cell. */
function differs(row, body) {
  tested.push(row);
  test(`differs: ${row}`, body);
}

/** The AWS SDK signs it; our package says why CloudFront would reject it. */
function onlyWeReject(input, reason, sign = "getSignedUrl") {
  assert.ok(aws[sign](input), "the AWS SDK signs it");
  assert.throws(() => ours[sign](input), (error) => error instanceof Error && reason.test(error.message));
}

const policyJson = (resource, condition = { DateLessThan: { "AWS:EpochTime": 1767290400 } }) =>
  JSON.stringify({ Statement: [{ Resource: resource, Condition: condition }] });
const withPolicy = (text, url = "https://d.example/cv.pdf") => ({ ...withRsa, url, policy: text });

differs("a P-256 key without a hash", () => {
  const input = { ...withP256, url: "https://d.example/cv.pdf", dateLessThan: EXPIRES };
  const [mine, theirs] = both(input);
  assert.equal(parts(mine).parameters["Hash-Algorithm"], "SHA256");
  assert.equal(parts(theirs).parameters["Hash-Algorithm"], undefined);
  assert.equal(parts(ours.getSignedUrl({ ...input, hashAlgorithm: "SHA1" })).parameters["Hash-Algorithm"], undefined);
});

differs("an expiry of 12:00:00.600", () => {
  const [mine, theirs] = both(request({ dateLessThan: EXPIRES + 600, dateGreaterThan: EXPIRES - 400 }));
  assert.match(policy(mine), /1767290400.*1767290399/);
  assert.match(policy(theirs), /1767290401.*1767290400/);
});

differs("an invalid start", () => {
  onlyWeReject(request({ dateGreaterThan: "soon" }), /dateGreaterThan is not a valid date.*soon/);
});

differs("a start at or after the expiry", () => {
  onlyWeReject(request({ dateGreaterThan: EXPIRES }), /must start before it expires/);
});

differs("numbers that are seconds, not milliseconds", () => {
  onlyWeReject(request({ dateLessThan: EXPIRES / 1000 }), /before the year 2000/);
  onlyWeReject(request({ dateLessThan: EXPIRES * 1000 }), /after the year 2100/);
});

differs("a URL without a path (`https://d.example?a=1`)", () => {
  const [mine, theirs] = both(request({ url: "https://d.example?a=1" }));
  assert.ok(mine.startsWith("https://d.example/?a=1&Expires="));
  assert.ok(theirs.startsWith("https://d.example?a=1&Expires="));
  assert.ok(ours.getSignedUrl(request({ url: "https://d.example" })).startsWith("https://d.example/?Expires="));
});

differs("a query that contains the first `/` after the host", () => {
  const [mine, theirs] = both(request({ url: "https://d.example?a=/b c" }));
  assert.ok(mine.startsWith("https://d.example/?a=%2Fb%20c&"));
  assert.ok(!theirs.startsWith("https://d.example/?"));
});

differs("a URL that already has `Expires`, `Policy`, `Signature`, `Key-Pair-Id` or `Hash-Algorithm`", () => {
  for (const name of ["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"]) {
    onlyWeReject(request({ url: `https://d.example/cv.pdf?${name}=1` }), new RegExp(`"?${name}"?`));
  }
});

differs("a fragment (`#page=2`)", () => {
  onlyWeReject(request({ url: "https://d.example/cv.pdf#page=2" }), /fragment/);
});

differs("user info, an upper-case host, a default port, `..`, an escaped `..`", () => {
  for (const [url, reason] of [
    ["https://me:secret@d.example/", /user info/],
    ["https://D.example/", /lower case/],
    ["https://d.example:443/", /port 443/],
    ["http://d.example:80/", /port 80/],
    ["https://d.example/a/../b", /"\.\."/],
    ["https://d.example/%2e%2e/b", /"\.\."/],
    ["https://d.example/./b", /"\."/],
  ]) {
    onlyWeReject(request({ url }), reason);
  }
});

differs("`ws:`, `wss:` and `rtmp:`", () => {
  for (const url of ["ws://d.example/", "wss://d.example/", "rtmp://d.example/a"]) onlyWeReject(request({ url }), /http/);
});

differs("an escape that is not UTF-8 (`%FF`)", () => {
  const [mine, theirs] = both(request({ url: "https://d.example/%FF" }));
  assert.ok(mine.startsWith("https://d.example/%FF?"));
  assert.ok(theirs.startsWith("https://d.example/%25FF?"));
});

differs("a lone `%` next to escapes in one segment (`100%%20`)", () => {
  const [mine, theirs] = both(request({ url: "https://d.example/100%%20" }));
  assert.ok(mine.startsWith("https://d.example/100%25%20?"));
  assert.ok(theirs.startsWith("https://d.example/100%25%2520?"));
});

differs("`*` in a path", () => {
  const [mine, theirs] = both(request({ url: "https://d.example/cv/*" }));
  assert.ok(mine.startsWith("https://d.example/cv/%2A?Expires="));
  assert.ok(theirs.startsWith("https://d.example/cv/*?Expires="));
  // The signature of the AWS SDK's URL also verifies for a custom policy with the wildcard, which anyone can write.
  const custom = Buffer.from(policy(theirs)).toString("base64").replace(/[+=/]/g, (one) => ({ "+": "-", "=": "_", "/": "~" })[one]);
  const other = theirs.replace("/cv/*?", "/cv/other.pdf?").replace(/Expires=\d+/, `Policy=${custom}`);
  assert.ok(verifies(other, rsa.publicKey, "sha1"), other);
  assert.equal(decode(parts(other).parameters.Policy).toString(), policy(theirs));
});

differs("`%2A` in a path", () => {
  const [mine, theirs] = both(request({ url: "https://d.example/%2A" }));
  assert.ok(mine.startsWith("https://d.example/%2A?"));
  assert.ok(theirs.startsWith("https://d.example/*?"));
});

differs("`*` in a query, with a start or an address", () => {
  onlyWeReject(request({ url: "https://d.example/p?filename*=a", ipAddress: "192.0.2.1" }), /wildcard.*%2A/);
});

differs("an unpaired surrogate", () => {
  onlyWeReject(request({ url: "https://d.example/?q=\ud83d" }), /surrogate/);
});

differs("cookies for a URL with `*`", () => {
  const input = request({ url: "https://d.example/cv/*" });
  assert.ok(aws.getSignedCookies(input)["CloudFront-Expires"]);
  const mine = ours.getSignedCookies(input);
  assert.ok(mine["CloudFront-Policy"] && !mine["CloudFront-Expires"]);
});

differs("cookies for a URL that clients would escape", () => {
  onlyWeReject(request({ url: "https://d.example/My CV.pdf" }), /percent-encode/, "getSignedCookies");
});

differs("a policy with several statements, without expiry or resource, with IPv6 or unknown fields, or with escapes (`\\u002a`)", () => {
  const expiry = { DateLessThan: { "AWS:EpochTime": 1767290400 } };
  const statement = JSON.parse(policyJson("https://d.example/cv.pdf")).Statement[0];
  for (const [text, reason] of [
    [JSON.stringify({ Statement: [statement, statement] }), /2 statements/],
    [JSON.stringify({ Statement: [{ Condition: expiry }] }), /no Resource/],
    [policyJson("https://d.example/cv.pdf", {}), /no DateLessThan/],
    [policyJson("https://d.example/cv.pdf", { ...expiry, IpAddress: { "AWS:SourceIp": "2001:db8::/32" } }), /IPv6/],
    [policyJson("https://d.example/cv.pdf", { ...expiry, StringLike: {} }), /StringLike/],
    [policyJson("https://d.example/cv.pdf").replace("cv", "\\u0063v"), /escapes/],
    [policyJson("https://d.example/cv.pdf", { DateLessThan: { "AWS:EpochTime": "1767290400" } }), /whole number/],
    [policyJson("https://d.example/cv.pdf", { DateLessThan: { "AWS:EpochTime": 1767290400000 } }), /milliseconds/],
  ]) {
    onlyWeReject(withPolicy(text), reason);
    onlyWeReject(withPolicy(text), reason, "getSignedCookies");
  }
});

differs("a policy that does not cover the `url`", () => {
  onlyWeReject(withPolicy(policyJson("https://d.example/cv/*"), "https://d.example/private.pdf"), /does not cover/);
});

differs("a `policy` with a wildcard and no `url`", () => {
  onlyWeReject({ ...withRsa, policy: policyJson("https://d.example/cv/*") }, /pass the URL/);
});

differs("a policy for `*`, `https://*` or `*://*/*`", () => {
  for (const resource of ["*", "https://*", "*://*/*"]) {
    onlyWeReject(withPolicy(policyJson(resource)), /opens every file.*allow it explicitly/);
    onlyWeReject(withPolicy(policyJson(resource)), /opens every file.*allow it explicitly/, "getSignedCookies");
    assert.ok(ours.getSignedUrl({ ...withPolicy(policyJson(resource)), allowEverything: true }));
  }
});

differs("dates or an address together with a `policy`", () => {
  const text = policyJson("https://d.example/cv.pdf");
  onlyWeReject({ ...withPolicy(text), dateLessThan: EXPIRES }, /dateLessThan has no effect/);
  onlyWeReject({ ...withPolicy(text), ipAddress: "192.0.2.1" }, /ipAddress has no effect/);
});

differs("a misspelled argument (`ipAdress`)", () => {
  onlyWeReject(request({ ipAdress: "192.0.2.1" }), /ipAdress.*not an argument/);
});

differs("`passphrase`", () => {
  onlyWeReject(request({ passphrase: "secret" }), /decrypt the key/);
});

differs("`ipAddress` such as `1.2.3.4/24/5`, `01.2.3.4`, `1.2.3. 4`", () => {
  for (const ipAddress of ["1.2.3.4/24/5", "01.2.3.4", "1.2.3. 4", "1.2.3.4/08", "1.2.3.0x4"]) {
    onlyWeReject(request({ ipAddress }), /source address/);
  }
});

differs("a URL over 8,192 bytes, cookies over 4,096", () => {
  const long = "a".repeat(8_000);
  onlyWeReject(request({ url: `https://d.example/${long}` }), /8\d{3} bytes.*8192/);
  onlyWeReject(withPolicy(policyJson(`https://d.example/${long}`)), /4096/, "getSignedCookies");
});

differs("RSA keys of other sizes, other curves", () => {
  const withKey = (key) => request({ privateKey: pem(key) });
  onlyWeReject(withKey(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey), /1024 bits/);
  onlyWeReject(withKey(generateKeyPairSync("rsa", { modulusLength: 4096 }).privateKey), /4096 bits/);
  onlyWeReject(withKey(generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey), /P-384/);
  onlyWeReject(request({ keyPairId: "K2 & more" }), /key pair ID/);
  assert.equal(KEY_PAIR_ID, parts(ours.getSignedUrl(request({}))).parameters["Key-Pair-Id"]);
});

test("each row of the README's table has a test, and each test has a row", () => {
  const readme = readFileSync(path.join(signerPackage(), "README.md"), "utf8");
  const [, table] = readme.split("## Differences from `@aws-sdk/cloudfront-signer`");
  const rows = table.split("\n## ")[0].split("\n").filter((line) => line.startsWith("| ")).map((line) => line.split(" | ")[0].slice(2));
  assert.deepEqual(rows.filter((row) => row !== "case").sort(), [...tested].sort());
});
