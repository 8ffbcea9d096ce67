// Runs one Lambda@Edge function: what Lambda's own runtime does, over one socket instead of its HTTP API.
// Arguments: the function's folder, its handler ("index.handler"). Standard input is a socket: a line of JSON each way.
// Standard output and error belong to the function.
import { access } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [root, handlerName] = process.argv.slice(1);
const socket = new Socket({ fd: 0, readable: true, writable: true });
const send = (message) => socket.write(JSON.stringify(message) + '\n');
const described = (error) => ({
    errorType: String(error?.name ?? typeof error),
    errorMessage: String(error?.message ?? error),
    stack: String(error?.stack ?? ''),
});
// The local edge has gone: so does its function.
socket.on('close', () => process.exit(0));
socket.on('error', () => process.exit(0));

const dot = handlerName.lastIndexOf('.');
const load = async () => {
    for (const extension of ['.js', '.mjs', '.cjs']) {
        const path = join(root, handlerName.slice(0, dot) + extension);
        if (!await access(path).then(() => true, () => false)) continue;
        const module = await import(pathToFileURL(path).href);
        const handler = module[handlerName.slice(dot + 1)] ?? module.default?.[handlerName.slice(dot + 1)];
        if (typeof handler !== 'function') throw new TypeError(`${handlerName} is not a function`);
        return handler;
    }
    throw new Error(`${handlerName.slice(0, dot)} is not in the bundle`);
};

// Both the promise that a handler returns and the callback it may call end an invocation; the first one does.
const invoke = (handler, event, context) => new Promise((resolve, reject) => {
    const callback = (error, result) => (error ? reject(error) : resolve(result));
    const returned = handler(event, context, callback);
    if (typeof returned?.then === 'function') returned.then(resolve, reject);
    else if (handler.length < 3) resolve(returned);
});

const serve = (handler) => {
    // One invocation at a time: the other side sends the next only after this one's answer.
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
            send({ error: described(error) });
        }
    });
};

try {
    serve(await load());
    send({ ready: true });
} catch (error) {
    send({ error: described(error) });
}
