/** Where `@aws-sdk/cloudfront-signer`, botocore and OpenSSL are right, our bytes are theirs. */
import assert from "node:assert/strict";
import { sign, verify } from "node:crypto";
import path from "node:path";
import { test } from "node:test";
import { dates, escaped, plain, policies, restricted } from "./lib/cases.mjs";
import { inFolder, KEY_PAIR_ID, p256, pem, rsa, withP256, withRsa } from "./lib/keys.mjs";
import { aws, botocore, openssl, ours } from "./lib/peers.mjs";
import { decoded, parts, policy } from "./lib/signed.mjs";

const ALL = [...plain, ...escaped, ...restricted, ...dates, ...policies];

const withoutNotes = ({ name, from, ...request }) => request;

for (const hash of [{}, { algorithm: "SHA1" }, { algorithm: "SHA256" }]) {
  for (const each of ALL) {
    test(`URL like the AWS SDK's, RSA ${hash.algorithm ?? "by default"}: ${each.name}`, () => {
      const input = { ...withRsa, ...hash, ...withoutNotes(each) };
      assert.equal(ours.getSignedUrl(input), aws.getSignedUrl(input), each.from);
    });
  }
  for (const each of [...plain, ...restricted, ...dates, ...policies]) {
    test(`cookies like the AWS SDK's, RSA ${hash.algorithm ?? "by default"}: ${each.name}`, () => {
      const input = { ...withRsa, ...hash, ...withoutNotes(each) };
      const [one, other] = [ours.getSignedCookies(input), aws.getSignedCookies(input)];
      assert.equal(JSON.stringify(one), JSON.stringify(other), each.from);
    });
  }
}

test("hashAlgorithm is the SDK's algorithm", () => {
  const request = { ...withRsa, ...withoutNotes(plain[0]) };
  assert.equal(ours.getSignedUrl({ ...request, hashAlgorithm: "SHA256" }), aws.getSignedUrl({ ...request, algorithm: "SHA256" }));
});

test("a signer that reads its key once signs the same", () => {
  const signer = new ours.Signer(withRsa);
  for (const each of ALL) {
    const request = withoutNotes(each);
    assert.equal(signer.getSignedUrl(request), ours.getSignedUrl({ ...withRsa, ...request }), each.name);
  }
  signer.free();
});

test("policy and signature are botocore's", () => {
  const seconds = (date) => date && Math.floor(new Date(date).getTime() / 1000);
  const requests = [...plain, ...restricted].map((each) => ({
    url: each.url,
    expires: seconds(each.dateLessThan),
    // Where botocore has both, it writes the address first, which is the same policy in other bytes.
    starts: each.ipAddress ? undefined : seconds(each.dateGreaterThan),
    source: each.ipAddress,
    custom: Boolean(each.dateGreaterThan || each.ipAddress),
  }));
  const theirs = inFolder({ "key.pem": withRsa.privateKey }, (folder) => botocore(path.join(folder, "key.pem"), requests));
  requests.forEach((request, index) => {
    const { url, starts, source } = request;
    const mine = ours.getSignedUrl({
      ...withRsa,
      url,
      dateLessThan: request.expires * 1000,
      dateGreaterThan: starts && starts * 1000,
      ipAddress: source,
    });
    assert.deepEqual(parts(mine), parts(theirs[index].url), url);
    assert.equal(policy(mine), theirs[index].policy ?? policy(theirs[index].url));
  });
});

test("RSA signatures are those of openssl dgst", () => {
  inFolder({ "key.pem": withRsa.privateKey }, (folder) => {
    for (const hashAlgorithm of ["SHA1", "SHA256"]) {
      for (const each of [...plain.slice(0, 3), ...restricted.slice(0, 2)]) {
        const url = ours.getSignedUrl({ ...withRsa, hashAlgorithm, ...withoutNotes(each) });
        const theirs = inFolder({ policy: policy(url) }, (other) =>
          openssl(folder, "dgst", `-${hashAlgorithm.toLowerCase()}`, "-sign", "key.pem", path.join(other, "policy")));
        assert.deepEqual(decoded(parts(url).own.Signature), theirs, each.name);
      }
    }
  });
});

for (const hashAlgorithm of ["SHA1", "SHA256"]) {
  test(`P-256 signatures with ${hashAlgorithm} verify in OpenSSL, and not for another policy`, () => {
    for (const each of ALL) {
      const url = ours.getSignedUrl({ ...withP256, hashAlgorithm, ...withoutNotes(each) });
      const signature = decoded(parts(url).own.Signature);
      assert.ok(verify(hashAlgorithm, policy(url), p256.publicKey, signature), each.name);
      assert.ok(!verify(hashAlgorithm, `${policy(url)} `, p256.publicKey, signature), each.name);
    }
  });
}

test("every format of a key signs the same", () => {
  const request = withoutNotes(plain[0]);
  for (const [key, types] of [[rsa.privateKey, ["pkcs8", "pkcs1"]], [p256.privateKey, ["pkcs8", "sec1"]]]) {
    const expected = ours.getSignedUrl({ keyPairId: KEY_PAIR_ID, privateKey: pem(key), ...request });
    for (const type of types) {
      const text = pem(key, type);
      const der = key.export({ type, format: "der" });
      const padded = Buffer.concat([Buffer.from("xx"), der]);
      for (const privateKey of [
        text,
        text.replaceAll("\n", "\r\n"),
        text.replaceAll("\n", "\\n"),
        Buffer.from(text),
        new TextEncoder().encode(text),
        new Uint8Array(der).buffer,
        der,
        new DataView(padded.buffer, padded.byteOffset + 2, der.length),
      ]) {
        assert.equal(ours.getSignedUrl({ keyPairId: KEY_PAIR_ID, privateKey, ...request }), expected, type);
      }
    }
  }
});

test("RSA signatures are those of node:crypto", () => {
  const url = ours.getSignedUrl({ ...withRsa, ...withoutNotes(plain[1]) });
  assert.deepEqual(decoded(parts(url).own.Signature), sign("sha1", Buffer.from(policy(url)), rsa.privateKey));
});
