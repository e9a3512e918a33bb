/** Opens the socket of a connection: TCP, or TLS with own authority and client certificate. */
import { readFile } from 'node:fs/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import type { ServerAddress } from '../address.ts';
import type { LinkTls } from '../options.ts';

/** What the files of {@link LinkTls} hold. */
export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** @throws the file system's error, which names the file. */
export async function readTlsMaterial(tls: LinkTls): Promise<TlsMaterial> {
  const [ca, cert, key] = await Promise.all([tls.caFile, tls.certFile, tls.keyFile].map(readOptional));
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

async function readOptional(path: string | undefined): Promise<Buffer | undefined> {
  return path === undefined ? undefined : await readFile(path);
}

/** Starts connecting; the socket emits `connect`, or `secureConnect` for TLS, when it can be used. */
export function openSocket(address: ServerAddress, material: TlsMaterial): Socket {
  const { host, port } = address;
  // Events are small and each of them counts: no waiting for a fuller packet.
  if (!address.tls) return connectTcp({ host, port, noDelay: true });
  return secure(address, material);
}

/** TLS to that address, over a connection of its own or over one that stands; `secureConnect` when it can be used. */
export function secure(address: ServerAddress, material: TlsMaterial, over?: Duplex): Socket {
  const { host, port } = address;
  const socket = connectTls({
    ...(over === undefined ? { host, port } : { socket: over, host }),
    ...material,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
  });
  socket.setNoDelay(true);
  return socket;
}

/** First bytes of a TLS record: the sign of a TLS server behind an address that was written without `tls://`. */
export function looksLikeTls(bytes: Uint8Array): boolean {
  return (bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 0x03;
}
