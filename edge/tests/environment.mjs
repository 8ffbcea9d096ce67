// An environment of the function in a separate process, which can be stopped. Its parent sends the time and the events.

let now = 0;
Date.now = () => now;
const { write } = process.stdout;
process.stdout.write = function (chunk, ...rest) {
  if (typeof chunk !== 'string' || !chunk.startsWith('{"')) return write.call(process.stdout, chunk, ...rest);
  process.send({ line: JSON.parse(chunk) });
  return true;
};

let handler;
process.on('message', async ({ at, event }) => {
  now = at;
  handler ??= (await import(process.argv[2])).handler;
  process.send({ result: event === undefined ? 'loaded' : await handler(event) });
});
