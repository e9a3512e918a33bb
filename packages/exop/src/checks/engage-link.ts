/** Opens a link to a bridge as the service on that VM will: over the VM, with the service's name, password and TLS. */
import type { Duplex } from 'node:stream';
import { systemClock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import { dialOver, type Handshake, handshake, Probe, type TlsMaterial } from '@exec/engage-link/probe';
import type { InstanceSettings } from '../config/instance.ts';
import type { Peer, PeerLink } from '../config/peers.ts';
import { open, type Unreached } from '../ssh/onward.ts';
import type { Vm } from '../ssh/vm.ts';

/** For each step of the opening: what the services allow, and the way over the VM. */
const LIMIT_MS = 12_000;

export type LinkPeer = Peer & { readonly link: PeerLink };
export type Spoken = Handshake | { readonly outcome: 'unreached'; readonly why: Unreached };

export async function speakTo(vm: Vm, peer: LinkPeer): Promise<Spoken> {
  const way = await open(vm.session, peer.host, peer.port);
  if (way.outcome !== 'reached') return { outcome: 'unreached', why: way };
  // An error of the way below TLS is told by the stream above it, too.
  way.stream.on('error', () => {});
  try {
    return await speakOver(way.stream, vm.settings, peer);
  } finally {
    way.stream.destroy();
  }
}

async function speakOver(stream: Duplex, settings: InstanceSettings, peer: LinkPeer): Promise<Handshake> {
  const { kind, tls } = peer.link;
  const address = { host: peer.host, port: peer.port, tls };
  const clock = systemClock;
  let secured: Duplex;
  try {
    secured = await dialOver(stream, address, materialOf(settings), { clock, limitMs: LIMIT_MS });
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    // Which peer it was stands beside it.
    return { outcome: 'failed', code: error.code, message: error.message.replace(/^\S+ /, '') };
  }
  const probe = new Probe(secured, { clock });
  try {
    return await handshake(probe, {
      kind,
      tls,
      applicationName: settings.environment.get('ENGAGE_APP_NAME') ?? settings.service.toUpperCase(),
      password: settings.files.get('ENGAGE_APP_PASSWORD'),
      limitMs: LIMIT_MS,
    });
  } finally {
    probe.close();
  }
}

function materialOf({ files }: InstanceSettings): TlsMaterial {
  const file = (variable: string): Buffer | undefined => {
    const content = files.get(variable)?.reveal();
    return content === undefined ? undefined : Buffer.from(content);
  };
  const [ca, cert, key] = ['CA', 'CERT', 'KEY'].map((part) => file(`ENGAGE_LINK_${part}_FILE`));
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
