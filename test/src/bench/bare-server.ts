/** What {@link ./floors.ts} asks: an HTTP server that answers every request the same. Ends with its standard input. */
import { createServer } from 'node:http';

const server = createServer((_, answer) =>
  answer.setHeader('content-type', 'application/json').end('{"ok":true}'),
);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
process.stdin.resume().on('close', () => process.exit(0));
