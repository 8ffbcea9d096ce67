// A Parameter Store on loopback that implements GetParameters in the documented shape, and fails on request.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html

import { createServer } from 'node:http';

/** Status and body of the errors. */
const ERRORS = {
  throttled: [400, '{"__type":"ThrottlingException","message":"Rate exceeded"}'],
  denied: [400, '{"__type":"AccessDeniedException","Message":"User: arn:aws:sts::000000000000:x is not authorized"}'],
  broken: [500, '{"__type":"InternalServerError","message":"An error occurred"}'],
  unavailable: [503, '<html>Service Unavailable</html>'],
};

export class ParameterStore {
  /** @type {Map<string, string>} */
  parameters = new Map();
  /** The received requests, with their headers and source ports. */
  requests = [];
  /** How to respond: 'well', 'slow', 'held', 'never', 'reset', 'garbage', 'long' or one of `ERRORS`. */
  mood = 'well';
  #server = createServer((request, response) => this.#respond(request, response));

  async start(port = 0) {
    await new Promise((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return this;
  }

  /** @type {{ response: import('node:http').ServerResponse, respond: () => void } | undefined} */
  #held;
  #notify = () => {};

  /** Resolves when a request is held. */
  async holding() {
    while (!this.#held) await new Promise((resolve) => (this.#notify = resolve));
  }

  /** Sends the held response, with the values of the time of the request; resolves when it is written. */
  async release() {
    const { response, respond } = this.#held;
    await new Promise((resolve) => {
      response.on('finish', resolve);
      respond();
    });
  }

  /** Resets the connection of the held request. */
  cut() {
    this.#held.response.socket.resetAndDestroy();
  }

  #hold(response, respond) {
    this.#held = { response, respond };
    this.#notify();
  }

  /** Stops the server; start it again with the returned port. */
  async down() {
    const { port } = this.#server.address();
    await this.stop();
    return port;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  async #respond(request, response) {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { Names: names } = JSON.parse(body);
    this.requests.push({ headers: request.headers, method: request.method, names, port: request.socket.remotePort });
    const respond = (status, text) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(text);
    };
    const parameters = this.#parameters(names);
    switch (this.mood) {
      case 'well':
        return respond(200, parameters);
      case 'slow':
        return setTimeout(() => respond(200, parameters), 300);
      case 'garbage':
        return respond(200, '<html>not JSON</html>');
      case 'long':
        return respond(200, JSON.stringify({ Parameters: [], InvalidParameters: ['x'.repeat(100_000)] }));
      case 'reset':
        return request.socket.resetAndDestroy();
      case 'held':
        return this.#hold(response, () => respond(200, parameters));
      case 'never':
        return undefined;
      default:
        return respond(...ERRORS[this.mood]);
    }
  }

  #parameters(names) {
    const present = names.filter((name) => this.parameters.has(name));
    const missing = names.filter((name) => !this.parameters.has(name));
    const entry = (name) => ({
      ARN: `arn:aws:ssm:us-east-1:000000000000:parameter${name}`,
      DataType: 'text',
      LastModifiedDate: 1767290400.5,
      Name: name,
      Type: name.includes('/signer/') ? 'SecureString' : 'String',
      Value: this.parameters.get(name),
      Version: 1,
    });
    return JSON.stringify({ InvalidParameters: missing, Parameters: present.map(entry) });
  }
}
