/** What a signed URL says. */

/** The bytes behind CloudFront's base64. */
export function decoded(base64) {
  return Buffer.from(base64.replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/"), "base64");
}

/** The URL without CloudFront's parameters, and these by name. */
export function parts(url) {
  const [base, query = ""] = url.split(/\?(.*)/s);
  const own = {};
  const kept = query.split("&").filter((pair) => {
    const [, name, value] = /^(Expires|Policy|Signature|Key-Pair-Id|Hash-Algorithm)=(.*)$/s.exec(pair) ?? [];
    if (name) own[name] = value;
    return pair && !name;
  });
  return { base: kept.length ? `${base}?${kept.join("&")}` : base, own };
}

/** The policy that CloudFront verifies: the one that came, or the canned one that it writes itself. */
export function policy(url) {
  const { base, own } = parts(url);
  if (own.Policy) return decoded(own.Policy).toString();
  const condition = { DateLessThan: { "AWS:EpochTime": Number(own.Expires) } };
  return JSON.stringify({ Statement: [{ Resource: base, Condition: condition }] });
}
