/** Opens the way to a peer, directly or through a stream that somebody else has opened there. */
import type { Duplex } from 'node:stream';
import type { Clock } from '@exec/common/clock';
import { ExecError } from '@exec/common/errors';
import { textOf } from '@exec/common/trouble';
import { formatAddress, type ServerAddress } from '../address.ts';
import { openSocket, readTlsMaterial, secure, type TlsMaterial } from '../connection/socket.ts';
import type { LinkTls } from '../options.ts';

export interface DialOptions {
  readonly clock: Clock;
  readonly tls?: LinkTls;
  /** For name look-up, TCP and TLS together, milliseconds. */
  readonly limitMs: number;
}

/** @throws {ExecError} link.connect-failed, link.connect-timeout, link.tls-failed */
export async function dial(address: ServerAddress, options: DialOptions): Promise<Duplex> {
  const material = address.tls ? await materialOf(address, options.tls ?? {}) : {};
  const socket = openSocket(address, material);
  await ready(socket, address, address.tls ? 'secureConnect' : 'connect', options);
  return socket;
}

/**
 * What {@link dial} answers, over a connection to `address` that stands already.
 * @throws {ExecError} link.connect-timeout, link.tls-failed
 */
export async function dialOver(
  stream: Duplex,
  address: ServerAddress,
  material: TlsMaterial,
  options: Omit<DialOptions, 'tls'>,
): Promise<Duplex> {
  if (!address.tls) return stream;
  const socket = secure(address, material, stream);
  await ready(socket, address, 'secureConnect', options, true);
  return socket;
}

async function materialOf(address: ServerAddress, tls: LinkTls): Promise<TlsMaterial> {
  try {
    return await readTlsMaterial(tls);
  } catch (error) {
    throw failure('link.tls-failed', address, textOf(error));
  }
}

async function ready(
  socket: Duplex,
  address: ServerAddress,
  event: 'connect' | 'secureConnect',
  { clock, limitMs }: Omit<DialOptions, 'tls'>,
  over = false,
): Promise<void> {
  let reached = over;
  socket.once('connect', () => {
    reached = true;
  });
  try {
    await new Promise<void>((resolve, reject) => {
      const limit = clock.setTimer(limitMs, () =>
        reject(failure('link.connect-timeout', address, 'did not take the connection in time')),
      );
      const fail = (error: Error) => {
        limit.cancel();
        const code = reached && address.tls ? 'link.tls-failed' : 'link.connect-failed';
        reject(failure(code, address, `cannot be reached: ${textOf(error)}`));
      };
      socket.once('error', fail);
      socket.once('close', () => fail(new Error('closed the connection')));
      socket.once(event, () => {
        limit.cancel();
        socket.removeListener('error', fail);
        resolve();
      });
    });
  } catch (error) {
    socket.on('error', () => {});
    socket.destroy();
    throw error;
  }
}

function failure(code: ExecError['code'], address: ServerAddress, message: string): ExecError {
  return new ExecError(code, `${formatAddress(address)} ${message}`, { retryable: true });
}
