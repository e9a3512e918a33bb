/** Where a server of a pair listens. */

export interface ServerAddress {
  /** Name, IPv4 address, or IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

/** The address as an operator writes it: `host:port`, or `tls://host:port`. */
export function formatAddress(address: ServerAddress): string {
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `${address.tls ? 'tls://' : ''}${host}:${address.port}`;
}
