/**
 * A process that answers agent look-ups through the service's HTTP server, and the same bodies from a bare route: of
 * the same server, and of a fastify without anything. Prints the ports as one JSON line, and for each line that it reads
 * the CPU time that it has used until then, in microseconds; ends with its standard input. Argument: number of agents.
 */
import { createInterface } from 'node:readline';
import { systemClock } from '@exec/common/clock';
import { createHttpServer, Health } from '@exec/common/http';
import { IdMap } from '@exec/common/id-map';
import { asId, type CloudUserId, type EmployeeId } from '@exec/common/ids';
import { createLogger } from '@exec/common/logging';
import { createRegistry } from '@exec/common/metrics';
import { fastify } from 'fastify';
import { lookupRoutes } from '../api/lookup-routes.ts';
import { Lookups } from '../api/lookups.ts';
import { id } from './snapshot.ts';

const size = Number(process.argv[2] ?? 20_000);
const agents = Array.from({ length: size }, (_, index) => ({
  employeeId: asId<EmployeeId>(`E${index}`),
  dbid: id(index + 1),
  userId: asId<CloudUserId>(`00000000-0000-4000-8000-${String(index).padStart(12, '0')}`),
  email: `agent${index}@contact.example`,
  state: 'active' as const,
  supervisor: false,
  logins: [{ switch: 'SIP_North', code: String(100_000 + index) }],
}));
const lookups = new Lookups();
lookups.set(new IdMap(1, { agents, queues: [], skills: [], wrapupCodes: [], dns: [] }));
const bodies = new Map(agents.map((agent) => [agent.employeeId as string, agent]));

const http = createHttpServer({
  service: 'excs',
  version: '0',
  env: { HTTP_HOST: '127.0.0.1', HTTP_PORT: 0 },
  logger: createLogger({ service: 'excs', level: 'fatal' }),
  registry: createRegistry({ service: 'excs', version: '0' }),
  health: new Health({ clock: systemClock }),
  clock: systemClock,
});
http.api((app) => {
  lookupRoutes(app, lookups);
  app.get('/bare/:employeeId', { config: { right: 'read' } }, (request, reply) => {
    void reply.send(bodies.get((request.params as { readonly employeeId: string }).employeeId));
  });
});
const { port: subject } = await http.listen();

const bare = fastify();
bare.get<{ Params: { employeeId: string } }>('/agents/:employeeId', (request, reply) => {
  void reply.send(bodies.get(request.params.employeeId));
});
await bare.listen({ host: '127.0.0.1', port: 0 });
const address = bare.server.address();
const floor = typeof address === 'object' && address !== null ? address.port : 0;

process.stdout.write(`${JSON.stringify({ subject, floor })}\n`);
createInterface({ input: process.stdin })
  .on('line', () => {
    const { user, system } = process.cpuUsage();
    process.stdout.write(`${user + system}\n`);
  })
  .on('close', () => process.exit(0));
