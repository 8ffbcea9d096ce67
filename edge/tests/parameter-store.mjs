// A Parameter Store on loopback that answers GetParameters in the documented shape, and misbehaves when told to.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html

import { createServer } from 'node:http';

export class ParameterStore {
  /** @type {Map<string, string>} */
  parameters = new Map();
  /** What was asked, with its headers and the port it came from. */
  asked = [];
  /** How to answer: 'well', 'garbage', 'throttled', 'never' or 'reset'. */
  mood = 'well';
  #server = createServer((request, response) => this.#answer(request, response));

  async start() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
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
    switch (this.mood) {
      case 'well':
        return answer(200, this.#parameters(names));
      case 'garbage':
        return answer(200, '<html>not JSON</html>');
      case 'throttled':
        return answer(400, '{"__type":"ThrottlingException","message":"Rate exceeded"}');
      case 'reset':
        return request.socket.resetAndDestroy();
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
