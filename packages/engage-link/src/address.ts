/** Where a server listens, as an operator writes it: `host:port`, or `tls://host:port`. */
import { z } from 'zod';

export interface ServerAddress {
  /** Name, IPv4 address, or IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

const pattern =
  /^(?:(?<scheme>tls|tcp):\/\/)?(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<host>[^\s:/[\]@]+)):(?<port>\d{1,5})\/?$/;

/** Schema for a setting that holds one address. */
export const serverAddress = z.string().transform((text, context): ServerAddress => {
  const groups = pattern.exec(text.trim())?.groups;
  const host = groups?.['v6'] ?? groups?.['host'];
  const port = Number(groups?.['port']);
  if (host !== undefined && port >= 1 && port <= 65_535)
    return { host, port, tls: groups?.['scheme'] === 'tls' };
  context.addIssue({ code: 'custom', message: 'expected host:port or tls://host:port' });
  return z.NEVER;
});

/** The address in the form it is written in. */
export function formatAddress(address: ServerAddress): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${address.tls ? 'tls://' : ''}${host}:${address.port}`;
}
