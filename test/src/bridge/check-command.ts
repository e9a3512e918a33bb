/** `bridge check` at servers that are there, refuse, hang, or talk nonsense. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Checked, faultOf, type Ran, runBridge } from './sdk-variants.ts';

/** Ports of a T-Server and a Stat Server, with what there is at them. */
export interface LiveServers {
  readonly sip: number;
  readonly stat: number;
  readonly dn: string;
  readonly queue: string;
  readonly agent: string;
}

export async function checkCheck(live: LiveServers): Promise<Checked[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bridge-check-'));
  const silent = await listen(() => undefined);
  const nonsense = await listen((socket) => socket.end('\u0000\u0001 this is no protocol\n{"do":"ready"\n'));
  const gone = await listen(() => undefined);
  const nobody = portOf(gone.server);
  await close(gone);
  const run = async (side: string, port: number, args: readonly string[]): Promise<Ran> => {
    const config = join(folder, `${side}-${port}.properties`);
    await writeFile(
      config,
      `side=${side}\nserver=127.0.0.1:${port}\nclient.name=check\nserver.open-timeout-ms=2000\n`,
    );
    return runBridge(undefined, ['check', '--config', config, '--seconds', '0', ...args]);
  };
  const numbers = ['--dn', live.dn, '--queue', live.queue];
  const person = ['--agent', live.agent, '--tenant', 'Resources'];
  try {
    const [sip, stat, unknown, incomplete, refused, hung, mad] = await Promise.all([
      run('tserver', live.sip, numbers),
      run('statserver', live.stat, person),
      run('statserver', live.stat, ['--agent', 'E-nobody', '--tenant', 'Resources']),
      run('tserver', live.sip, ['--dn', live.dn]),
      run('tserver', nobody, numbers),
      run('tserver', portOf(silent.server), numbers),
      run('tserver', portOf(nonsense.server), numbers),
    ]);
    const steps = ['ok    its role is Primary', 'the check went well'];
    const hidden = [live.dn, live.agent].find((one) => sip.out.includes(one) || stat.out.includes(one));
    return [
      [
        'check: a T-Server',
        faultOf(sip, 0, [
          ...steps,
          'ok    register the queue',
          'ok    stop call monitoring',
          'ok    unregister the number',
        ]),
      ],
      ['check: a Stat Server', faultOf(stat, 0, [...steps, 'ok    open the statistic DNAction', 'Status: '])],
      ['check: nobody is named in what it prints', hidden],
      [
        'check: an agent that there is not',
        faultOf(unknown, 1, ['FAIL  open the statistic DNStatus: there is no such agent']),
      ],
      ['check: an option is missing', faultOf(incomplete, 2, ['--queue: needed'])],
      ['check: a server that is not there', faultOf(refused, 1, ['FAIL  opening: ProtocolException'])],
      [
        'check: a server that hangs',
        faultOf(hung, 1, ['FAIL  opening: ProtocolException: not ready in time']),
      ],
      ['check: a server that talks nonsense', faultOf(mad, 1, ['FAIL  opening: '])],
    ];
  } finally {
    await Promise.all([close(silent), close(nonsense)]);
    await rm(folder, { recursive: true, force: true });
  }
}

interface Listening {
  readonly server: Server;
  readonly sockets: Set<Socket>;
}

async function listen(onSocket: (socket: Socket) => void): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  });
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  return { server, sockets };
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

async function close({ server, sockets }: Listening): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
}
