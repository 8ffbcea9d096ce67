// A Parameter Store on loopback that answers GetParameters in the documented shape, and misbehaves when told to.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html

import { createServer } from 'node:http';

/** Status and body of what Parameter Store refuses. */
const REFUSALS = {
  throttled: [400, '{"__type":"ThrottlingException","message":"Rate exceeded"}'],
  denied: [400, '{"__type":"AccessDeniedException","Message":"User: arn:aws:sts::000000000000:x is not authorized"}'],
  broken: [500, '{"__type":"InternalServerError","message":"An error occurred"}'],
  unavailable: [503, '<html>Service Unavailable</html>'],
};

export class ParameterStore {
  /** @type {Map<string, string>} */
  parameters = new Map();
  /** What was asked, with its headers and the port it came from. */
  asked = [];
  /** How to answer: 'well', 'slow', 'held', 'never', 'reset', 'garbage', 'long' or one of `REFUSALS`. */
  mood = 'well';
  #server = createServer((request, response) => this.#answer(request, response));

  async start(port = 0) {
    await new Promise((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return this;
  }

  /** @type {{ response: import('node:http').ServerResponse, answer: () => void } | undefined} */
  #held;
  #heard = () => {};

  /** Ends when a question is held. */
  async holding() {
    while (!this.#held) await new Promise((resolve) => (this.#heard = resolve));
  }

  /** Sends the answer that is held, as it was when it was asked for; ends when the system has it. */
  async release() {
    const { response, answer } = this.#held;
    await new Promise((resolve) => {
      response.on('finish', resolve);
      answer();
    });
  }

  /** Ends the connection of the question that is held. */
  cut() {
    this.#held.response.socket.resetAndDestroy();
  }

  #hold(response, answer) {
    this.#held = { response, answer };
    this.#heard();
  }

  /** Is down until it is started again at the port that this returns. */
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

  async #answer(request, response) {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { Names: names } = JSON.parse(body);
    this.asked.push({ headers: request.headers, method: request.method, names, port: request.socket.remotePort });
    const answer = (status, text) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(text);
    };
    const whole = this.#parameters(names);
    switch (this.mood) {
      case 'well':
        return answer(200, whole);
      case 'slow':
        return setTimeout(() => answer(200, whole), 300);
      case 'garbage':
        return answer(200, '<html>not JSON</html>');
      case 'long':
        return answer(200, JSON.stringify({ Parameters: [], InvalidParameters: ['x'.repeat(100_000)] }));
      case 'reset':
        return request.socket.resetAndDestroy();
      case 'held':
        return this.#hold(response, () => answer(200, whole));
      case 'never':
        return undefined;
      default:
        return answer(...REFUSALS[this.mood]);
    }
  }

  #parameters(names) {
    const there = names.filter((name) => this.parameters.has(name));
    const missing = names.filter((name) => !this.parameters.has(name));
    const of = (name) => ({
      ARN: `arn:aws:ssm:us-east-1:000000000000:parameter${name}`,
      DataType: 'text',
      LastModifiedDate: 1767290400.5,
      Name: name,
      Type: name.includes('/signer/') ? 'SecureString' : 'String',
      Value: this.parameters.get(name),
      Version: 1,
    });
    return JSON.stringify({ InvalidParameters: missing, Parameters: there.map(of) });
  }
}
