/**
 * The floor that the bridge is compared with: reads lines from a socket and writes what they hold to another one. No
 * mapping, no model, no registrations.
 *
 * Argument: the port where the lines come from. Prints the port where they go to.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

let client: Socket | undefined;
let rest = '';
connect({ port: Number(process.argv[2]), host: '127.0.0.1', noDelay: true })
  .setEncoding('utf8')
  .on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    let out = '';
    for (const line of lines) {
      const { message, attributes } = JSON.parse(line) as { message?: string; attributes?: object };
      if (message !== undefined) out += `${JSON.stringify({ message, attributes })}\n`;
    }
    if (out !== '') client?.write(out);
  })
  .on('close', () => process.exit(0));
const server = createServer((socket) => {
  client = socket.setNoDelay(true);
  socket.on('error', () => undefined);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
