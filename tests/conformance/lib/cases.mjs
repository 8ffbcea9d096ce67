/** Requests that every signer should sign the same way, each with its source. */
const AWS_PAGE = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/";
const SDK = "https://github.com/aws/aws-sdk-js-v3/tree/main/packages/cloudfront-signer";
const BOTOCORE = "https://github.com/boto/botocore/blob/develop/tests/unit/test_signers.py";
const END = "2026-01-01T18:00:00Z";

/** URLs that need no escaping: every signer signs them unchanged. */
export const plain = [
  { name: "the canned policy example", source: `${AWS_PAGE}private-content-creating-signed-url-canned-policy.html`, url: "https://d111111abcdef8.cloudfront.net/image.jpg?color=red&size=medium" },
  { name: "a file in a folder", source: `${AWS_PAGE}private-content-signed-urls.html`, url: "https://d111111abcdef8.cloudfront.net/images/image.jpg" },
  { name: "an alternate domain name", source: `${AWS_PAGE}private-content-signed-urls.html`, url: "https://www.example.com/images/image.jpg?color=red" },
  { name: "plain HTTP", source: BOTOCORE, url: "http://test.com/foo.txt" },
  { name: "the root", source: "a distribution's default root object", url: "https://d111111abcdef8.cloudfront.net/" },
  { name: "a port", source: "the local edge", url: "http://localhost:8787/cv/resume.pdf" },
  { name: "existing escapes", source: `${SDK}, test of encoded paths`, url: "https://d.example/a%20b/%C3%A9.pdf" },
  { name: "a parameter twice, and an empty value", source: "forms", url: "https://d.example/p?a=1&a=2&b=" },
  { name: "a plus in the query", source: "forms", url: "https://d.example/p?q=a+b%2Bc" },
  { name: "slashes twice", source: "S3 keys", url: "https://d.example//a//b" },
  { name: "the marks that encodeURIComponent does not escape", source: "ECMA-262", url: "https://d.example/a-b_c.d!e~f'(g)" },
].map((request) => ({ dateLessThan: END, ...request }));

/** URLs that the JavaScript SDK escapes before it signs. */
export const escaped = [
  { name: "spaces and letters beyond ASCII", source: `${SDK}, issue on non-ASCII paths`, url: "https://d.example/My CV (é).pdf" },
  { name: "an emoji", source: "Unicode", url: "https://d.example/😀?q=😀" },
  { name: "reserved characters in a path", source: "RFC 3986, section 2.2", url: "https://d.example/a@b:c,d;e=f+g$h&i[j]" },
  { name: "reserved characters in a query", source: "RFC 3986, section 2.2", url: "https://d.example/p?r=https://e.example/?a=1&s=a,b;c:d@e[f]" },
  { name: "quotes and brackets", source: "the URL standard", url: "https://d.example/\"<>\\^`{|}?q=it's \"<>\\^`{|}" },
  { name: "lower-case escapes", source: "RFC 3986, section 6.2.2.1", url: "https://d.example/%c3%a9?q=%c3%a9" },
  { name: "escapes that are not needed", source: "RFC 3986, section 6.2.2.2", url: "https://d.example/%41%7e?q=%41%7e" },
  { name: "a lone percent sign", source: "the URL standard", url: "https://d.example/100%?q=100%" },
  { name: "a parameter without a value", source: "forms", url: "https://d.example/p?a&b=1" },
  { name: "empty parameters", source: "forms", url: "https://d.example/p?&a=1&&b=2&" },
  { name: "a query that is empty", source: "RFC 3986, section 6.2.3", url: "https://d.example/p?" },
  { name: "a file name by RFC 5987", source: "https://github.com/aws/aws-sdk-js-v3/issues/8113", url: `https://d.example/a.pdf?response-content-disposition=${encodeURIComponent("attachment; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf")}` },
  { name: "a star and a quote in a query", source: "https://github.com/aws/aws-sdk-js-v3/issues/7470", url: "https://d.example/p?filename*=it's" },
  { name: "quotes in a path", source: "RFC 3986, section 2.2", url: "https://d.example/it's/'a'.pdf" },
  { name: "control characters", source: "the URL standard", url: "https://d.example/a\tb\nc\0d" },
].map((request) => ({ dateLessThan: END, ...request }));

/** Requests that need a custom policy. */
export const restricted = [
  { name: "a start", source: `${AWS_PAGE}private-content-creating-signed-url-custom-policy.html`, dateGreaterThan: "2025-12-31T00:00:00Z" },
  { name: "a range", source: `${AWS_PAGE}private-content-creating-signed-url-custom-policy.html`, ipAddress: "192.0.2.0/24" },
  { name: "one address", source: `${SDK}, test of a single address`, ipAddress: "10.0.0.0" },
  { name: "any address", source: `${AWS_PAGE}private-content-creating-signed-url-custom-policy.html`, ipAddress: "0.0.0.0/0" },
  { name: "both", source: BOTOCORE, dateGreaterThan: "2025-12-31T00:00:00Z", ipAddress: "192.0.2.10/32" },
].map((request) => ({ url: "https://d.example/cv.pdf?a=1", dateLessThan: END, ...request }));

/** The forms of a date. */
export const dates = [
  { name: "a Date", source: `${SDK}, types`, dateLessThan: new Date(END) },
  { name: "a number", source: `${SDK}, types`, dateLessThan: Date.parse(END) },
  { name: "a day", source: `${SDK}, README`, dateLessThan: "2026-01-01" },
  { name: "an offset", source: "ECMA-262", dateLessThan: "2026-01-01T19:00:00+01:00" },
  { name: "an old format", source: "RFC 9110, section 5.6.7", dateLessThan: "Thu, 01 Jan 2026 18:00:00 GMT" },
  { name: "a third of a second", source: "clocks", dateLessThan: Date.parse(END) + 333 },
].map((request) => ({ url: "https://d.example/cv.pdf", ...request }));

const policyJson = (resource, condition = {}) => JSON.stringify({
  Statement: [{ Resource: resource, Condition: { DateLessThan: { "AWS:EpochTime": 1767290400 }, ...condition } }],
});

/** Handwritten policies. */
export const policies = [
  { name: "a wildcard", source: `${AWS_PAGE}private-content-creating-signed-url-custom-policy.html`, url: "https://d.example/cv/en.pdf", policy: policyJson("https://d.example/cv/*") },
  { name: "any scheme", source: `${SDK}, test of *://`, url: "https://d.example/cv/en.pdf", policy: policyJson("*://d.example/*") },
  { name: "HTTP or HTTPS", source: `${AWS_PAGE}private-content-creating-signed-url-custom-policy.html`, url: "https://d.example/cv/en.pdf?a=1", policy: policyJson("http*://d.example/*") },
  { name: "a single character", source: `${AWS_PAGE}private-content-creating-signed-url-custom-policy.html`, url: "https://d.example/cv1.pdf", policy: policyJson("https://d.example/cv?.pdf") },
  { name: "a host that ends in a wildcard", source: `${AWS_PAGE}private-content-creating-signed-url-custom-policy.html`, url: "https://d.example/cv/en.pdf", policy: policyJson("https://d.example*") },
  { name: "a wildcard before the host", source: `${AWS_PAGE}private-content-creating-signed-url-custom-policy.html`, url: "https://d.example/cv/en.pdf", policy: policyJson("*d.example/*") },
  { name: "a wildcard within a file name", source: "https://github.com/boto/botocore/issues/3377", url: "https://d.example/a_2026.zip", policy: policyJson("http*://d.example/a_202?.zip") },
  { name: "no URL", source: `${SDK}, README`, policy: policyJson("https://d.example/cv.pdf") },
  { name: "no URL, any scheme", source: `${SDK}, source`, policy: policyJson("*://d.example/cv.pdf?a=1") },
  { name: "another order and white space", source: "the sample URL in AWS's documentation, whose policy has both", url: "https://d.example/cv.pdf", policy: JSON.stringify(JSON.parse(policyJson("https://d.example/cv.pdf", { IpAddress: { "AWS:SourceIp": "192.0.2.0/24" }, DateGreaterThan: { "AWS:EpochTime": 1767286800 } })), null, "\t") },
];

/** Policies that open every file of every distribution that trusts the key; our package needs `allowEverything` for them. */
export const unrestricted = [
  { name: "everything", source: "https://github.com/aws/aws-sdk-js-v3/issues/4516", url: "https://d.example/cv.pdf", policy: policyJson("*") },
  { name: "everything by HTTPS", source: "https://github.com/aws/aws-sdk-js-v3/issues/4516", url: "https://d.example/cv.pdf", policy: policyJson("https://*") },
  { name: "every path of every host", source: `${SDK}, test of *://`, url: "https://d.example/cv.pdf", policy: policyJson("http*://*/*") },
];
