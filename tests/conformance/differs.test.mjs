/** Where `@aws-sdk/cloudfront-signer` is wrong: one test for each row of the table in the package's README. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { KEY_PAIR_ID, pem, withP256, withRsa } from "./lib/keys.mjs";
import { aws, ours } from "./lib/peers.mjs";
import { parts, policy } from "./lib/signed_url.mjs";

const EXPIRES = Date.parse("2026-01-01T18:00:00Z");
const request = (more) => ({ ...withRsa, url: "https://d.example/cv.pdf", dateLessThan: EXPIRES, ...more });
const both = (input) => [ours.getSignedUrl(input), aws.getSignedUrl(input)];

/** The AWS SDK signs it; our package says why CloudFront would reject it. */
function onlyWeReject(input, reason, sign = "getSignedUrl") {
  assert.ok(aws[sign](input), "the AWS SDK signs it");
  assert.throws(() => ours[sign](input), (error) => error instanceof Error && reason.test(error.message));
}

const policyJson = (resource, condition = { DateLessThan: { "AWS:EpochTime": 1767290400 } }) =>
  JSON.stringify({ Statement: [{ Resource: resource, Condition: condition }] });
const withPolicy = (text, url = "https://d.example/cv.pdf") => ({ ...withRsa, url, policy: text });

test("a P-256 key is used with SHA-256 unless SHA-1 is requested", () => {
  const input = { ...withP256, url: "https://d.example/cv.pdf", dateLessThan: EXPIRES };
  const [mine, theirs] = both(input);
  assert.equal(parts(mine).parameters["Hash-Algorithm"], "SHA256");
  assert.equal(parts(theirs).parameters["Hash-Algorithm"], undefined);
  assert.equal(parts(ours.getSignedUrl({ ...input, hashAlgorithm: "SHA1" })).parameters["Hash-Algorithm"], undefined);
});

test("times are rounded down to a second, not up", () => {
  const [mine, theirs] = both(request({ dateLessThan: EXPIRES + 600, dateGreaterThan: EXPIRES - 400 }));
  assert.match(policy(mine), /1767290400.*1767290399/);
  assert.match(policy(theirs), /1767290401.*1767290400/);
});

test("an invalid start is rejected, not ignored", () => {
  onlyWeReject(request({ dateGreaterThan: "soon" }), /dateGreaterThan is not a valid date.*soon/);
});

test("a start at or after the expiry is rejected", () => {
  onlyWeReject(request({ dateGreaterThan: EXPIRES }), /must start before it expires/);
});

test("seconds are not accepted as milliseconds, nor milliseconds as seconds", () => {
  onlyWeReject(request({ dateLessThan: EXPIRES / 1000 }), /before the year 2000/);
  onlyWeReject(request({ dateLessThan: EXPIRES * 1000 }), /after the year 2100/);
});

test("a URL without a path is signed with the path that clients request", () => {
  const [mine, theirs] = both(request({ url: "https://d.example?a=1" }));
  assert.ok(mine.startsWith("https://d.example/?a=1&Expires="));
  assert.ok(theirs.startsWith("https://d.example?a=1&Expires="));
  assert.ok(ours.getSignedUrl(request({ url: "https://d.example" })).startsWith("https://d.example/?Expires="));
});

test("a slash in the query does not start the path", () => {
  const [mine, theirs] = both(request({ url: "https://d.example?a=/b c" }));
  assert.ok(mine.startsWith("https://d.example/?a=%2Fb%20c&"));
  assert.ok(!theirs.startsWith("https://d.example/?"));
});

for (const name of ["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"]) {
  test(`a URL that already has ${name} is rejected`, () => {
    onlyWeReject(request({ url: `https://d.example/cv.pdf?${name}=1` }), new RegExp(`"?${name}"?`));
  });
}

test("a fragment is rejected, not moved into the path", () => {
  onlyWeReject(request({ url: "https://d.example/cv.pdf#page=2" }), /fragment/);
});

test("what clients rewrite before sending is rejected", () => {
  for (const [url, reason] of [
    ["https://me:secret@d.example/", /user info/],
    ["https://D.example/", /lower case/],
    ["https://d.example:443/", /port 443/],
    ["http://d.example:80/", /port 80/],
    ["https://d.example/a/../b", /"\.\."/],
    ["https://d.example/%2e%2e/b", /"\.\."/],
    ["https://d.example/./b", /"\."/],
    ["wss://d.example/", /http/],
    ["rtmp://d.example/a", /http/],
  ]) {
    onlyWeReject(request({ url }), reason);
  }
});

test("an escape that is not UTF-8 is kept", () => {
  const [mine, theirs] = both(request({ url: "https://d.example/%FF" }));
  assert.ok(mine.startsWith("https://d.example/%FF?"));
  assert.ok(theirs.startsWith("https://d.example/%25FF?"));
});

test("a lone percent sign next to escapes is the only thing escaped", () => {
  const [mine, theirs] = both(request({ url: "https://d.example/100%%20" }));
  assert.ok(mine.startsWith("https://d.example/100%25%20?"));
  assert.ok(theirs.startsWith("https://d.example/100%25%2520?"));
});

test("a star in a URL is rejected, and its escape is kept", () => {
  onlyWeReject(request({ url: "https://d.example/cv/*" }), /wildcard.*%2A/);
  const [mine, theirs] = both(request({ url: "https://d.example/%2A" }));
  assert.ok(mine.startsWith("https://d.example/%2A?"));
  assert.ok(theirs.startsWith("https://d.example/*?"));
});

test("an unpaired surrogate is rejected", () => {
  onlyWeReject(request({ url: "https://d.example/?q=\ud83d" }), /surrogate/);
});

test("cookies for a wildcard carry their policy", () => {
  const input = request({ url: "https://d.example/cv/*" });
  assert.ok(aws.getSignedCookies(input)["CloudFront-Expires"]);
  const mine = ours.getSignedCookies(input);
  assert.ok(mine["CloudFront-Policy"] && !mine["CloudFront-Expires"]);
});

test("cookies for a URL that clients would escape are rejected", () => {
  onlyWeReject(request({ url: "https://d.example/My CV.pdf" }), /percent-encode/, "getSignedCookies");
});

test("a policy that grants access to nothing or everything is rejected", () => {
  const expiry = { DateLessThan: { "AWS:EpochTime": 1767290400 } };
  const statement = JSON.parse(policyJson("https://d.example/cv.pdf")).Statement[0];
  for (const [text, reason] of [
    [JSON.stringify({ Statement: [statement, statement] }), /2 statements/],
    [JSON.stringify({ Statement: [{ Condition: expiry }] }), /no Resource/],
    [policyJson("https://d.example/cv.pdf", {}), /no DateLessThan/],
    [policyJson("*"), /http/],
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

test("a policy must cover the URL", () => {
  onlyWeReject(withPolicy(policyJson("https://d.example/cv/*"), "https://d.example/private.pdf"), /does not cover/);
});

test("a wildcard without a URL is rejected, not used as the URL", () => {
  onlyWeReject({ ...withRsa, policy: policyJson("https://d.example/cv/*") }, /pass the URL/);
});

test("an argument without effect is rejected", () => {
  const text = policyJson("https://d.example/cv.pdf");
  onlyWeReject({ ...withPolicy(text), dateLessThan: EXPIRES }, /dateLessThan has no effect/);
  onlyWeReject({ ...withPolicy(text), ipAddress: "192.0.2.1" }, /ipAddress has no effect/);
  onlyWeReject(request({ ipAdress: "192.0.2.1" }), /ipAdress.*not an argument/);
  onlyWeReject(request({ passphrase: "secret" }), /decrypt the key/);
});

test("invalid addresses are rejected", () => {
  for (const ipAddress of ["1.2.3.4/24/5", "01.2.3.4", "1.2.3. 4", "1.2.3.4/08", "1.2.3.0x4"]) {
    onlyWeReject(request({ ipAddress }), /source address/);
  }
});

test("what is too long for CloudFront or a browser is rejected", () => {
  const long = "a".repeat(8_000);
  onlyWeReject(request({ url: `https://d.example/${long}` }), /8\d{3} bytes.*8192/);
  onlyWeReject(withPolicy(policyJson(`https://d.example/${long}`)), /4096/, "getSignedCookies");
});

test("keys that CloudFront does not support are rejected", () => {
  const withKey = (key) => request({ privateKey: pem(key) });
  onlyWeReject(withKey(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey), /1024 bits/);
  onlyWeReject(withKey(generateKeyPairSync("rsa", { modulusLength: 4096 }).privateKey), /4096 bits/);
  onlyWeReject(withKey(generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey), /P-384/);
  onlyWeReject(request({ keyPairId: "K2 & more" }), /key pair ID/);
  assert.equal(KEY_PAIR_ID, parts(ours.getSignedUrl(request({}))).parameters["Key-Pair-Id"]);
});
