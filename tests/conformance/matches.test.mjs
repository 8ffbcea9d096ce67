/** Where `@aws-sdk/cloudfront-signer`, botocore and OpenSSL are right, our output is the same, byte for byte. */
import assert from "node:assert/strict";
import { sign, verify } from "node:crypto";
import path from "node:path";
import { test } from "node:test";
import { dates, escaped, plain, policies, restricted, unrestricted } from "./lib/cases.mjs";
import { inFolder, KEY_PAIR_ID, p256, pem, rsa, withP256, withRsa } from "./lib/keys.mjs";
import { aws, botocore, openssl, ours } from "./lib/peers.mjs";
import { backend } from "./lib/settings.mjs";
import { decode, parts, policy } from "./lib/signed_url.mjs";

const ALL = [...plain, ...escaped, ...restricted, ...dates, ...policies];

const toRequest = ({ name, source, ...request }) => request;

for (const hash of [{}, { algorithm: "SHA1" }, { algorithm: "SHA256" }]) {
  for (const each of ALL) {
    test(`URL matches the AWS SDK, RSA ${hash.algorithm ?? "by default"}: ${each.name}`, () => {
      const input = { ...withRsa, ...hash, ...toRequest(each) };
      assert.equal(ours.getSignedUrl(input), aws.getSignedUrl(input), each.source);
    });
  }
  for (const each of [...plain, ...restricted, ...dates, ...policies]) {
    test(`cookies match the AWS SDK, RSA ${hash.algorithm ?? "by default"}: ${each.name}`, () => {
      const input = { ...withRsa, ...hash, ...toRequest(each) };
      const [one, other] = [ours.getSignedCookies(input), aws.getSignedCookies(input)];
      assert.equal(JSON.stringify(one), JSON.stringify(other), each.source);
    });
  }
}

for (const each of unrestricted) {
  test(`URL and cookies match the AWS SDK, if allowed: ${each.name}`, () => {
    const input = { ...withRsa, ...toRequest(each) };
    assert.equal(ours.getSignedUrl({ ...input, allowEverything: true }), aws.getSignedUrl(input), each.source);
    assert.deepEqual(ours.getSignedCookies({ ...input, allowEverything: true }), { ...aws.getSignedCookies(input) });
  });
}

test("hashAlgorithm has the meaning of the SDK's algorithm", () => {
  const request = { ...withRsa, ...toRequest(plain[0]) };
  assert.equal(ours.getSignedUrl({ ...request, hashAlgorithm: "SHA256" }), aws.getSignedUrl({ ...request, algorithm: "SHA256" }));
});

test("a Signer returns the same URLs as getSignedUrl", () => {
  const signer = new ours.Signer(withRsa);
  for (const each of ALL) {
    const request = toRequest(each);
    assert.equal(signer.getSignedUrl(request), ours.getSignedUrl({ ...withRsa, ...request }), each.name);
  }
  signer.free();
});

test("policy and signature match botocore", () => {
  const seconds = (date) => date && Math.floor(new Date(date).getTime() / 1000);
  const requests = [...plain, ...restricted].map((each) => ({
    url: each.url,
    expires: seconds(each.dateLessThan),
    // With both, botocore writes the address first: the same policy in different bytes.
    start: each.ipAddress ? undefined : seconds(each.dateGreaterThan),
    source_ip: each.ipAddress,
    custom: Boolean(each.dateGreaterThan || each.ipAddress),
  }));
  const theirs = inFolder({ "key.pem": withRsa.privateKey }, (folder) => botocore(path.join(folder, "key.pem"), requests));
  requests.forEach((request, index) => {
    const { url, start, source_ip: ipAddress } = request;
    const mine = ours.getSignedUrl({
      ...withRsa,
      url,
      dateLessThan: request.expires * 1000,
      dateGreaterThan: start && start * 1000,
      ipAddress,
    });
    assert.deepEqual(parts(mine), parts(theirs[index].url), url);
    assert.equal(policy(mine), theirs[index].policy ?? policy(theirs[index].url));
  });
});

test("RSA signatures match openssl dgst", () => {
  inFolder({ "key.pem": withRsa.privateKey }, (folder) => {
    for (const hashAlgorithm of ["SHA1", "SHA256"]) {
      for (const each of [...plain.slice(0, 3), ...restricted.slice(0, 2)]) {
        const url = ours.getSignedUrl({ ...withRsa, hashAlgorithm, ...toRequest(each) });
        const theirs = inFolder({ policy: policy(url) }, (other) =>
          openssl(folder, "dgst", `-${hashAlgorithm.toLowerCase()}`, "-sign", "key.pem", path.join(other, "policy")));
        assert.deepEqual(decode(parts(url).parameters.Signature), theirs, each.name);
      }
    }
  });
});

for (const hashAlgorithm of ["SHA1", "SHA256"]) {
  test(`P-256 signatures with ${hashAlgorithm} verify in OpenSSL, but not for another policy`, () => {
    for (const each of ALL) {
      const url = ours.getSignedUrl({ ...withP256, hashAlgorithm, ...toRequest(each) });
      const signature = decode(parts(url).parameters.Signature);
      assert.ok(verify(hashAlgorithm, policy(url), p256.publicKey, signature), each.name);
      assert.ok(!verify(hashAlgorithm, `${policy(url)} `, p256.publicKey, signature), each.name);
    }
  });
}

/** P-256 signatures of the host are random, so they are compared by what they verify. */
function assertSameSignature(one, other, publicKey) {
  if (publicKey.asymmetricKeyType === "rsa" || backend() === "wasm") return assert.equal(one, other);
  const withoutSignature = (url) => url.replace(/Signature=[^&]*/, "Signature=");
  assert.equal(withoutSignature(one), withoutSignature(other));
  assert.ok(verify("sha256", policy(one), publicKey, decode(parts(one).parameters.Signature)));
}

test("every format of a key gives the same signature", () => {
  const request = toRequest(plain[0]);
  for (const [{ privateKey: key, publicKey }, types] of [[rsa, ["pkcs8", "pkcs1"]], [p256, ["pkcs8", "sec1"]]]) {
    const expected = ours.getSignedUrl({ keyPairId: KEY_PAIR_ID, privateKey: pem(key), ...request });
    assertSameSignature(ours.getSignedUrl({ keyPairId: KEY_PAIR_ID, privateKey: key, ...request }), expected, publicKey);
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
        assertSameSignature(ours.getSignedUrl({ keyPairId: KEY_PAIR_ID, privateKey, ...request }), expected, publicKey);
      }
    }
  }
});

test("RSA signatures match node:crypto", () => {
  const url = ours.getSignedUrl({ ...withRsa, ...toRequest(plain[1]) });
  assert.deepEqual(decode(parts(url).parameters.Signature), sign("sha1", Buffer.from(policy(url)), rsa.privateKey));
});
