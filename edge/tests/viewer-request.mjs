// Viewer-request events in the shape that CloudFront's guide documents.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html

/**
 * @param {string} method
 * @param {string} uri A path, with its query if there is one.
 * @param {Record<string, string | string[]>} headers By names in lower case; several values are several headers.
 * @param {object} [body]
 */
export function viewerRequest(method, uri, headers = {}, body = undefined) {
  const [path, querystring = ''] = uri.split('?');
  const fields = {};
  for (const [key, value] of Object.entries({ host: 'example.com', ...headers })) {
    fields[key] = [value].flat().map((one) => ({ key, value: one }));
  }
  const request = { clientIp: '203.0.113.178', headers: fields, method, querystring, uri: path };
  if (body) request.body = body;
  const config = {
    distributionDomainName: 'd111111abcdef8.cloudfront.net',
    distributionId: 'EDFDVBD6EXAMPLE',
    eventType: 'viewer-request',
    requestId: '4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==',
  };
  return { Records: [{ cf: { config, request } }] };
}
