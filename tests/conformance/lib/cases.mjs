/** Requests that every signer should answer alike, each with the place it comes from. */
const AWS_PAGE = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/";
const SDK = "https://github.com/aws/aws-sdk-js-v3/tree/main/packages/cloudfront-signer";
const BOTOCORE = "https://github.com/boto/botocore/blob/develop/tests/unit/test_signers.py";
const END = "2026-01-01T18:00:00Z";

/** URLs that need no escaping: everyone signs them as they are. */
export const plain = [
  { name: "the example of the canned policy", from: `${AWS_PAGE}private-content-creating-signed-url-canned-policy.html`, url: "https://d111111abcdef8.cloudfront.net/image.jpg?color=red&size=medium" },
  { name: "a file in a folder", from: `${AWS_PAGE}private-content-signed-urls.html`, url: "https://d111111abcdef8.cloudfront.net/images/image.jpg" },
  { name: "an alternate domain name", from: `${AWS_PAGE}private-content-signed-urls.html`, url: "https://www.example.com/images/image.jpg?color=red" },
  { name: "plain HTTP", from: BOTOCORE, url: "http://test.com/foo.txt" },
  { name: "the root", from: "a distribution's default root object", url: "https://d111111abcdef8.cloudfront.net/" },
  { name: "a port", from: "the local edge", url: "http://localhost:8787/cv/resume.pdf" },
  { name: "escapes that are there", from: `${SDK}, test of encoded paths`, url: "https://d.example/a%20b/%C3%A9.pdf" },
  { name: "a parameter twice, and an empty value", from: "forms", url: "https://d.example/p?a=1&a=2&b=" },
  { name: "a plus in the query", from: "forms", url: "https://d.example/p?q=a+b%2Bc" },
  { name: "slashes twice", from: "S3 keys", url: "https://d.example//a//b" },
  { name: "the marks that encodeURIComponent leaves", from: "ECMA-262", url: "https://d.example/a-b_c.d!e~f'(g)" },
].map((request) => ({ dateLessThan: END, ...request }));

/** URLs that the JavaScript SDK escapes before it signs. */
export const escaped = [
  { name: "spaces and letters beyond ASCII", from: `${SDK}, issue on non-ASCII paths`, url: "https://d.example/My CV (é).pdf" },
  { name: "an emoji", from: "Unicode", url: "https://d.example/😀?q=😀" },
  { name: "reserved characters in a path", from: "RFC 3986, section 2.2", url: "https://d.example/a@b:c,d;e=f+g$h&i[j]" },
  { name: "reserved characters in a query", from: "RFC 3986, section 2.2", url: "https://d.example/p?r=https://e.example/?a=1&s=a,b;c:d@e[f]" },
  { name: "quotes and brackets", from: "the URL standard", url: "https://d.example/\"<>\\^`{|}?q=it's \"<>\\^`{|}" },
  { name: "lower-case escapes", from: "RFC 3986, section 6.2.2.1", url: "https://d.example/%c3%a9?q=%c3%a9" },
  { name: "escapes that are not needed", from: "RFC 3986, section 6.2.2.2", url: "https://d.example/%41%7e?q=%41%7e" },
  { name: "a lone percent sign", from: "the URL standard", url: "https://d.example/100%?q=100%" },
  { name: "a parameter without a value", from: "forms", url: "https://d.example/p?a&b=1" },
  { name: "empty parameters", from: "forms", url: "https://d.example/p?&a=1&&b=2&" },
  { name: "a query that is empty", from: "RFC 3986, section 6.2.3", url: "https://d.example/p?" },
  { name: "control characters", from: "the URL standard", url: "https://d.example/a\tb\nc\0d" },
].map((request) => ({ dateLessThan: END, ...request }));

/** More than a canned policy says. */
export const restricted = [
  { name: "a start", from: `${AWS_PAGE}private-content-creating-signed-url-custom-policy.html`, dateGreaterThan: "2025-12-31T00:00:00Z" },
  { name: "a range", from: `${AWS_PAGE}private-content-creating-signed-url-custom-policy.html`, ipAddress: "192.0.2.0/24" },
  { name: "one address", from: `${SDK}, test of a single address`, ipAddress: "10.0.0.0" },
  { name: "any address", from: `${AWS_PAGE}private-content-creating-signed-url-custom-policy.html`, ipAddress: "0.0.0.0/0" },
  { name: "both", from: BOTOCORE, dateGreaterThan: "2025-12-31T00:00:00Z", ipAddress: "192.0.2.10/32" },
].map((request) => ({ url: "https://d.example/cv.pdf?a=1", dateLessThan: END, ...request }));

/** The forms in which a date may come. */
export const dates = [
  { name: "a Date", from: `${SDK}, types`, dateLessThan: new Date(END) },
  { name: "a number", from: `${SDK}, types`, dateLessThan: Date.parse(END) },
  { name: "a day", from: `${SDK}, README`, dateLessThan: "2026-01-01" },
  { name: "an offset", from: "ECMA-262", dateLessThan: "2026-01-01T19:00:00+01:00" },
  { name: "an old format", from: "RFC 9110, section 5.6.7", dateLessThan: "Thu, 01 Jan 2026 18:00:00 GMT" },
  { name: "a third of a second", from: "clocks", dateLessThan: Date.parse(END) + 333 },
].map((request) => ({ url: "https://d.example/cv.pdf", ...request }));

const written = (resource, condition = {}) => JSON.stringify({
  Statement: [{ Resource: resource, Condition: { DateLessThan: { "AWS:EpochTime": 1767290400 }, ...condition } }],
});

/** Policies written by hand. */
export const policies = [
  { name: "a wildcard", from: `${AWS_PAGE}private-content-creating-signed-url-custom-policy.html`, url: "https://d.example/cv/en.pdf", policy: written("https://d.example/cv/*") },
  { name: "any scheme", from: `${SDK}, test of *://`, url: "https://d.example/cv/en.pdf", policy: written("*://d.example/*") },
  { name: "HTTP or HTTPS", from: `${AWS_PAGE}private-content-creating-signed-url-custom-policy.html`, url: "https://d.example/cv/en.pdf?a=1", policy: written("http*://d.example/*") },
  { name: "a single character", from: `${AWS_PAGE}private-content-creating-signed-url-custom-policy.html`, url: "https://d.example/cv1.pdf", policy: written("https://d.example/cv?.pdf") },
  { name: "no URL beside it", from: `${SDK}, README`, policy: written("https://d.example/cv.pdf") },
  { name: "no URL, any scheme", from: `${SDK}, source`, policy: written("*://d.example/cv.pdf?a=1") },
  { name: "another order and white space", from: "the sample URL of AWS's page, whose policy has both", url: "https://d.example/cv.pdf", policy: JSON.stringify(JSON.parse(written("https://d.example/cv.pdf", { IpAddress: { "AWS:SourceIp": "192.0.2.0/24" }, DateGreaterThan: { "AWS:EpochTime": 1767286800 } })), null, "\t") },
];
