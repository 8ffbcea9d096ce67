/** Where `@aws-sdk/cloudfront-signer` is wrong: each row of the table in the package's README, theirs and ours. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { KEY_PAIR_ID, pem, withP256, withRsa } from "./lib/keys.mjs";
import { aws, ours } from "./lib/peers.mjs";
import { parts, policy } from "./lib/signed.mjs";

const END = Date.parse("2026-01-01T18:00:00Z");
const request = (more) => ({ ...withRsa, url: "https://d.example/cv.pdf", dateLessThan: END, ...more });
const both = (input) => [ours.getSignedUrl(input), aws.getSignedUrl(input)];

/** They sign it; we say why it would not open. */
function refusedHereOnly(input, why, sign = "getSignedUrl") {
  assert.ok(aws[sign](input), "the AWS SDK signs it");
  assert.throws(() => ours[sign](input), (error) => error instanceof Error && why.test(error.message));
}

const written = (resource, condition = { DateLessThan: { "AWS:EpochTime": 1767290400 } }) =>
  JSON.stringify({ Statement: [{ Resource: resource, Condition: condition }] });
const withPolicy = (text, url = "https://d.example/cv.pdf") => ({ ...withRsa, url, policy: text });

test("a P-256 key is used with SHA-256 unless SHA-1 is asked for", () => {
  const input = { ...withP256, url: "https://d.example/cv.pdf", dateLessThan: END };
  const [mine, theirs] = both(input);
  assert.equal(parts(mine).own["Hash-Algorithm"], "SHA256");
  assert.equal(parts(theirs).own["Hash-Algorithm"], undefined);
  assert.equal(parts(ours.getSignedUrl({ ...input, hashAlgorithm: "SHA1" })).own["Hash-Algorithm"], undefined);
});

test("a fraction of a second is cut off, not rounded up", () => {
  const [mine, theirs] = both(request({ dateLessThan: END + 600, dateGreaterThan: END - 400 }));
  assert.match(policy(mine), /1767290400.*1767290399/);
  assert.match(policy(theirs), /1767290401.*1767290400/);
});

test("a start that is no date is refused, not left out", () => {
  refusedHereOnly(request({ dateGreaterThan: "soon" }), /dateGreaterThan is no date.*soon/);
});

test("a start at or after the end is refused", () => {
  refusedHereOnly(request({ dateGreaterThan: END }), /start must lie before the end/);
});

test("seconds are not taken for milliseconds, nor milliseconds for seconds", () => {
  refusedHereOnly(request({ dateLessThan: END / 1000 }), /before the year 2000/);
  refusedHereOnly(request({ dateLessThan: END * 1000 }), /past the year 2100/);
});

test("a URL without a path is signed with the path that clients ask for", () => {
  const [mine, theirs] = both(request({ url: "https://d.example?a=1" }));
  assert.ok(mine.startsWith("https://d.example/?a=1&Expires="));
  assert.ok(theirs.startsWith("https://d.example?a=1&Expires="));
  assert.ok(ours.getSignedUrl(request({ url: "https://d.example" })).startsWith("https://d.example/?Expires="));
});

test("a slash in the query is not where the path begins", () => {
  const [mine, theirs] = both(request({ url: "https://d.example?a=/b c" }));
  assert.ok(mine.startsWith("https://d.example/?a=%2Fb%20c&"));
  assert.ok(!theirs.startsWith("https://d.example/?"));
});

for (const name of ["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"]) {
  test(`a URL that already has ${name} is refused`, () => {
    refusedHereOnly(request({ url: `https://d.example/cv.pdf?${name}=1` }), new RegExp(`"?${name}"?`));
  });
}

test("a fragment is refused, not made a part of the path", () => {
  refusedHereOnly(request({ url: "https://d.example/cv.pdf#page=2" }), /fragment/);
});

test("what clients rewrite on their way is refused", () => {
  for (const [url, why] of [
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
    refusedHereOnly(request({ url }), why);
  }
});

test("an escape that is no UTF-8 is kept", () => {
  const [mine, theirs] = both(request({ url: "https://d.example/%FF" }));
  assert.ok(mine.startsWith("https://d.example/%FF?"));
  assert.ok(theirs.startsWith("https://d.example/%25FF?"));
});

test("a lone percent sign beside escapes is escaped alone", () => {
  const [mine, theirs] = both(request({ url: "https://d.example/100%%20" }));
  assert.ok(mine.startsWith("https://d.example/100%25%20?"));
  assert.ok(theirs.startsWith("https://d.example/100%25%2520?"));
});

test("a star is refused in a URL, and its escape kept", () => {
  refusedHereOnly(request({ url: "https://d.example/cv/*" }), /wildcard.*%2A/);
  const [mine, theirs] = both(request({ url: "https://d.example/%2A" }));
  assert.ok(mine.startsWith("https://d.example/%2A?"));
  assert.ok(theirs.startsWith("https://d.example/*?"));
});

test("half a surrogate pair is refused", () => {
  refusedHereOnly(request({ url: "https://d.example/?q=\ud83d" }), /surrogate/);
});

test("cookies for a wildcard carry their policy", () => {
  const input = request({ url: "https://d.example/cv/*" });
  assert.ok(aws.getSignedCookies(input)["CloudFront-Expires"]);
  const mine = ours.getSignedCookies(input);
  assert.ok(mine["CloudFront-Policy"] && !mine["CloudFront-Expires"]);
});

test("cookies for a URL that clients would escape are refused", () => {
  refusedHereOnly(request({ url: "https://d.example/My CV.pdf" }), /percent-encode/, "getSignedCookies");
});

test("a policy that opens nothing or everything is refused", () => {
  const end = { DateLessThan: { "AWS:EpochTime": 1767290400 } };
  const statement = JSON.parse(written("https://d.example/cv.pdf")).Statement[0];
  for (const [text, why] of [
    [JSON.stringify({ Statement: [statement, statement] }), /2 statements/],
    [JSON.stringify({ Statement: [{ Condition: end }] }), /no Resource/],
    [written("https://d.example/cv.pdf", {}), /no DateLessThan/],
    [written("*"), /http/],
    [written("https://d.example/cv.pdf", { ...end, IpAddress: { "AWS:SourceIp": "2001:db8::/32" } }), /IPv6/],
    [written("https://d.example/cv.pdf", { ...end, StringLike: {} }), /StringLike/],
    [written("https://d.example/cv.pdf").replace("cv", "\\u0063v"), /escapes/],
    [written("https://d.example/cv.pdf", { DateLessThan: { "AWS:EpochTime": "1767290400" } }), /whole number/],
    [written("https://d.example/cv.pdf", { DateLessThan: { "AWS:EpochTime": 1767290400000 } }), /milliseconds/],
  ]) {
    refusedHereOnly(withPolicy(text), why);
    refusedHereOnly(withPolicy(text), why, "getSignedCookies");
  }
});

test("a policy must open the URL beside it", () => {
  refusedHereOnly(withPolicy(written("https://d.example/cv/*"), "https://d.example/private.pdf"), /does not cover/);
});

test("a wildcard without a URL is refused, not made the URL", () => {
  refusedHereOnly({ ...withRsa, policy: written("https://d.example/cv/*") }, /give the URL/);
});

test("what would have no effect is refused", () => {
  const text = written("https://d.example/cv.pdf");
  refusedHereOnly({ ...withPolicy(text), dateLessThan: END }, /dateLessThan has no effect/);
  refusedHereOnly({ ...withPolicy(text), ipAddress: "192.0.2.1" }, /ipAddress has no effect/);
  refusedHereOnly(request({ ipAdress: "192.0.2.1" }), /ipAdress.*not an argument/);
  refusedHereOnly(request({ passphrase: "secret" }), /decrypt the key/);
});

test("addresses that are none are refused", () => {
  for (const ipAddress of ["1.2.3.4/24/5", "01.2.3.4", "1.2.3. 4", "1.2.3.4/08", "1.2.3.0x4"]) {
    refusedHereOnly(request({ ipAddress }), /source address/);
  }
});

test("what is longer than CloudFront or a browser takes is refused", () => {
  const long = "a".repeat(8_000);
  refusedHereOnly(request({ url: `https://d.example/${long}` }), /8\d{3} bytes.*8192/);
  refusedHereOnly(withPolicy(written(`https://d.example/${long}`)), /4096/, "getSignedCookies");
});

test("keys that CloudFront does not have are refused", () => {
  const of = (key) => request({ privateKey: pem(key) });
  refusedHereOnly(of(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey), /1024 bits/);
  refusedHereOnly(of(generateKeyPairSync("rsa", { modulusLength: 4096 }).privateKey), /4096 bits/);
  refusedHereOnly(of(generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey), /P-384/);
  refusedHereOnly(request({ keyPairId: "K2 & more" }), /key pair id/);
  assert.equal(KEY_PAIR_ID, parts(ours.getSignedUrl(request({}))).own["Key-Pair-Id"]);
});
