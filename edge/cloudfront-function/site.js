// Handles viewer requests and viewer responses of the site. A bucket has objects and no folders:
//   /folder/            is served from /folder/index.html
//   /folder/index.html  is redirected to /folder/, so that a page has one address
//   /folder             is redirected to /folder/, so that its relative links work
// A response gets the headers that CloudFront's managed SecurityHeadersPolicy does not have.
// Runtime: cloudfront-js-2.0. At most 4,096 bytes: it is a parameter of the template.

// No empty segment and no backslash: a Location that begins with // or /\ would lead to another host.
var PLAIN = /^(\/[^\/\\]+)*\/?$/;

// A folder's name has no dot. Exceptions: files below /.well-known/ often have no dot (RFC 8615), and /api, /cv and /l are
// not pages, although their behaviors match only with a trailing slash.
var FOLDER = /\/[^\/.]+$/;
var NO_FOLDER = /^\/(\.well-known\/.*|api|cv|l)$/;

var INDEX = 'index.html';

// Allows the site's own files only: no inline script or style, no framing, no plug-in, forms of this site. Add the hosts of fonts or
// images from elsewhere here, and in 404.html, since no function runs for an error. https://www.w3.org/TR/CSP3/
var CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
  "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

function handler(event) {
  return event.context.eventType === 'viewer-response' ? secure(event.response) : route(event.request);
}

function secure(response) {
  response.headers['content-security-policy'] = { value: CSP };
  // For browsers that do not support frame-ancestors.
  response.headers['x-frame-options'] = { value: 'DENY' };
  return response;
}

function route(request) {
  var uri = request.uri;
  if (uri.charAt(uri.length - 1) === '/') {
    request.uri = uri + INDEX;
    return request;
  }
  if (!PLAIN.test(uri)) {
    return request;
  }
  if (uri.slice(-INDEX.length - 1) === '/' + INDEX) {
    return redirect(uri.slice(0, -INDEX.length), request);
  }
  if (FOLDER.test(uri) && !NO_FOLDER.test(uri)) {
    return redirect(uri + '/', request);
  }
  return request;
}

// Keeps the query byte for byte.
function redirect(path, request) {
  var query = request.rawQueryString();
  return {
    statusCode: 301,
    statusDescription: 'Moved Permanently',
    headers: {
      'cache-control': { value: 'max-age=3600' },
      location: { value: query ? path + '?' + query : path },
    },
  };
}
