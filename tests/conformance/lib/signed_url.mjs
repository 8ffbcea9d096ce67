/** Reads signed URLs. */
import { verify } from "node:crypto";

/** Decodes CloudFront's base64. */
export function decode(base64) {
  return Buffer.from(base64.replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/"), "base64");
}

/** Splits a signed URL into the URL that was signed and CloudFront's parameters, by name. */
export function parts(url) {
  const [base, query = ""] = url.split(/\?(.*)/s);
  const parameters = {};
  const kept = query.split("&").filter((pair) => {
    const [, name, value] = /^(Expires|Policy|Signature|Key-Pair-Id|Hash-Algorithm)=(.*)$/s.exec(pair) ?? [];
    if (name) parameters[name] = value;
    return pair && !name;
  });
  return { base: kept.length ? `${base}?${kept.join("&")}` : base, parameters };
}

/** The policy that CloudFront verifies: the custom one in the URL, or the canned one that it writes itself. */
export function policy(url) {
  const { base, parameters } = parts(url);
  if (parameters.Policy) return decode(parameters.Policy).toString();
  const condition = { DateLessThan: { "AWS:EpochTime": Number(parameters.Expires) } };
  return JSON.stringify({ Statement: [{ Resource: base, Condition: condition }] });
}

/** Whether the signature of a URL verifies. */
export function verifies(url, publicKey, hash) {
  return verify(hash, Buffer.from(policy(url)), publicKey, decode(parts(url).parameters.Signature));
}
