// Runs a Lambda@Edge function like Lambda's runtime, but over a socket instead of the HTTP API. Arguments:
// the function's folder and its handler ("index.handler"). Standard input is a socket for lines of JSON in
// both directions. Standard output and standard error belong to the function.
import { access } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [root, handlerName] = process.argv.slice(1);
const socket = new Socket({ fd: 0, readable: true, writable: true });
const send = (message) => socket.write(JSON.stringify(message) + '\n');
const describe = (error) => ({
    errorType: String(error?.name ?? typeof error),
    errorMessage: String(error?.message ?? error),
    stack: String(error?.stack ?? ''),
});
// Exit when the local edge is gone.
socket.on('close', () => process.exit(0));
socket.on('error', () => process.exit(0));

// 24 of AWS_Lambda_nodejs24.x.
const major = (environment) => Number(/nodejs(\d+)/.exec(environment)?.[1]);

const dot = handlerName.lastIndexOf('.');
const load = async () => {
    for (const extension of ['.js', '.mjs', '.cjs']) {
        const path = join(root, handlerName.slice(0, dot) + extension);
        if (!await access(path).then(() => true, () => false)) continue;
        const module = await import(pathToFileURL(path).href);
        const handler = module[handlerName.slice(dot + 1)] ?? module.default?.[handlerName.slice(dot + 1)];
        if (typeof handler !== 'function') throw new TypeError(`${handlerName} is not a function`);
        // From Node.js 24 on, Lambda rejects a handler that declares a callback, also an async one:
        // https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
        if (handler.length >= 3 && major(process.env.AWS_EXECUTION_ENV) >= 24) {
            throw Object.assign(new Error('a handler with a callback is not supported by Node.js 24 or later'),
                { name: 'Runtime.CallbackHandlerDeprecated' });
        }
        return handler;
    }
    throw new Error(`${handlerName.slice(0, dot)} is not in the bundle`);
};

// An invocation ends with the handler's promise or its callback, whichever is first.
const invoke = (handler, event, context) => new Promise((resolve, reject) => {
    const callback = (error, result) => (error ? reject(error) : resolve(result));
    const returned = handler(event, context, callback);
    if (typeof returned?.then === 'function') returned.then(resolve, reject);
    else if (handler.length < 3) resolve(returned);
});

const serve = (handler) => {
    // The local edge sends the next invocation only after the response to this one.
    createInterface({ input: socket, crlfDelay: Infinity }).on('line', async (line) => {
        const { event, awsRequestId, deadlineMs } = JSON.parse(line);
        const context = {
            awsRequestId,
            callbackWaitsForEmptyEventLoop: true,
            functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
            functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
            invokedFunctionArn: process.env.VITAE_INVOKED_FUNCTION_ARN,
            logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
            logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
            memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
            getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
        };
        try {
            const result = await invoke(handler, event, context);
            send({ result: result === undefined ? null : result });
        } catch (error) {
            send({ error: describe(error) });
        }
    });
};

try {
    serve(await load());
    send({ ready: true });
} catch (error) {
    send({ error: describe(error) });
}
