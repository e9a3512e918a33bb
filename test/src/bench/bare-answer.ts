/** What `console.bench.ts` is compared with: a bare fastify in a process of its own, which answers the bytes of a file. */
import { readFileSync } from 'node:fs';
import { fastify } from 'fastify';

const body = readFileSync(process.argv[2] ?? '', 'utf8');
const app = fastify();
app.get('/', (_, reply) => reply.header('content-type', 'application/json; charset=utf-8').send(body));
await app.listen({ host: '127.0.0.1', port: 0 });
const address = app.server.address();
const port = typeof address === 'object' ? address?.port : undefined;
process.stdout.write(`Listening on port ${port}\n`);
