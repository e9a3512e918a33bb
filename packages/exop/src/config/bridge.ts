/** One bridge: where it is to run, and what its own properties file says, with every file that this names. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { type ConfigurationFault, Secret } from '@exec/common/config';
import type { InstanceSettings } from './instance.ts';
import { mountedAt, propertiesFile } from './mounted.ts';
import type { BridgeHost } from './own-variables.ts';

/** Properties whose value is a file: it is copied to the VM and mounted. */
const fileProperties: ReadonlySet<string> = new Set([
  'client.password.file',
  'link.password.file',
  'server.tls.ca',
  'server.tls.certificate',
  'server.tls.key',
  'listen.tls.ca',
  'listen.tls.certificate',
  'listen.tls.key',
]);

const defaultHttpPort = 3660;
const sides = {
  tserver: { port: 8000, peer: 'SIP Server' },
  statserver: { port: 2060, peer: 'Stat Server' },
} as const;

export interface BridgeSource {
  readonly host: BridgeHost;
  readonly sshPort: number;
  /** Folder here with `<name>.properties`; paths inside are relative to it. */
  readonly folder: string;
  /** Faults are added here, under the name of the file. */
  readonly faults: ConfigurationFault[];
}

export function readBridge({ host, sshPort, folder, faults }: BridgeSource): InstanceSettings {
  const path = resolve(folder, `${host.name}.properties`);
  const fault = (problem: string): void => void faults.push({ variable: path, problem });
  const properties = parse(read(path, faults), fault);
  const side = sides[(properties.get('side') ?? '') as keyof typeof sides];
  if (side === undefined) fault('side: expected tserver or statserver');
  const listen = publishedOf(properties, 'listen', side?.port ?? 1, fault);
  const http = publishedOf(properties, 'http', defaultHttpPort, fault);
  const server = addressOf(properties, 'server', fault);
  const files = new Map<string, Secret>();
  for (const name of fileProperties) {
    const file = properties.get(name);
    if (file === undefined) continue;
    const variable = `BRIDGE_${name.replaceAll('.', '_').toUpperCase()}`;
    try {
      files.set(variable, new Secret(readFileSync(resolve(dirname(path), file), 'utf8')));
      properties.set(name, mountedAt(variable));
    } catch (error) {
      fault(`${name}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
    }
  }
  // Inside the container it listens everywhere; the address of the file is that of the VM.
  properties.set('listen', `0.0.0.0:${listen.port}`);
  properties.set('http', `0.0.0.0:${http.port}`);
  files.set(
    propertiesFile,
    new Secret([...properties].map(([name, value]) => `${name}=${value}\n`).join('')),
  );
  return {
    name: `bridge-${host.name}`,
    service: 'bridge',
    address: { host: host.host, port: host.port ?? sshPort },
    port: http.port,
    publishAddress: http.publishAddress,
    link: listen,
    environment: new Map(),
    files,
    peers: side === undefined ? [] : [{ name: side.peer, host: server.host, port: server.port, ours: false }],
  };
}

function read(path: string, faults: ConfigurationFault[]): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    faults.push({ variable: 'BRIDGE_DIR', problem: `${path} cannot be read (${code})` });
    return 'side=tserver\nserver=unknown:1\n';
  }
}

/** The part of Java's properties format that the example uses: a name, `=`, a value, on one line. */
function parse(text: string, fault: (problem: string) => void): Map<string, string> {
  const found = new Map<string, string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*([#!].*)?$/.test(line)) continue;
    const parts = /^\s*([\w.-]+)\s*=\s*([^\\]*?)\s*$/.exec(line);
    if (parts === null) fault(`line ${index + 1}: expected name=value, without a backslash`);
    else if (parts[2] !== '') found.set(parts[1] ?? '', parts[2] ?? '');
  }
  return found;
}

/** Where a port of the bridge is published on its VM; without an address in the file on the VM's own. */
function publishedOf(
  properties: ReadonlyMap<string, string>,
  name: string,
  usualPort: number,
  fault: (problem: string) => void,
): { readonly port: number; readonly publishAddress: string | undefined } {
  if (!properties.has(name)) return { port: usualPort, publishAddress: undefined };
  const { host, port } = addressOf(properties, name, fault);
  if (host !== 'unknown' && isIP(host) === 0)
    fault(`${name}: expected an address of the VM (or 0.0.0.0 for all of them): Docker publishes on no name`);
  return { port, publishAddress: host };
}

function addressOf(
  properties: ReadonlyMap<string, string>,
  name: string,
  fault: (problem: string) => void,
): { readonly host: string; readonly port: number } {
  const parts = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(properties.get(name) ?? '');
  const port = Number(parts?.[3]);
  if (parts !== null && port >= 1 && port <= 65_535) return { host: parts[1] ?? parts[2] ?? '', port };
  fault(`${name}: expected host:port with a port from 1`);
  return { host: 'unknown', port: 1 };
}
