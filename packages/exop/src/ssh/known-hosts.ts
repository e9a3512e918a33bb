/** Looks a VM up in a known_hosts file of OpenSSH (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"). */
import { createHash, createHmac } from 'node:crypto';

export interface KnownKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa`, … */
  readonly type: string;
  readonly key: Buffer;
  readonly revoked: boolean;
}

export type HostVerdict = 'known' | 'unknown' | 'changed' | 'revoked';

/** The keys that the file has for a host. Certificate authorities are left out: only plain keys are taken. */
export function keysOf(file: string, host: string, port: number): readonly KnownKey[] {
  const names = port === 22 ? [host] : [`[${host}]:${port}`];
  const keys: KnownKey[] = [];
  for (const line of file.split(/\r?\n/)) {
    const fields = line.trim().split(/[ \t]+/);
    const marker = fields[0]?.startsWith('@') === true ? fields.shift() : undefined;
    const [hosts, type, key] = fields;
    if (hosts === undefined || hosts.startsWith('#') || type === undefined || key === undefined) continue;
    if (marker !== undefined && marker !== '@revoked') continue;
    if (!names.some((name) => matches(hosts, name.toLowerCase()))) continue;
    keys.push({ type, key: Buffer.from(key, 'base64'), revoked: marker === '@revoked' });
  }
  return keys;
}

export function verdictOn(known: readonly KnownKey[], shown: Buffer): HostVerdict {
  const same = known.filter(({ key }) => key.equals(shown));
  if (same.some(({ revoked }) => revoked)) return 'revoked';
  if (same.length > 0) return 'known';
  return known.some(({ revoked }) => !revoked) ? 'changed' : 'unknown';
}

/** As `ssh-keygen -l` prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type stands at the start of the key's own encoding (RFC 4253, 6.6). */
export function typeOf(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0;
  return key.subarray(4, 4 + Math.min(length, 64)).toString('latin1');
}

function matches(patterns: string, name: string): boolean {
  if (patterns.startsWith('|1|')) {
    const [, , salt = '', hash = ''] = patterns.split('|');
    const own = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
    return own.equals(Buffer.from(hash, 'base64'));
  }
  let found = false;
  for (const pattern of patterns.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!like(negated ? pattern.slice(1) : pattern, name)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

function like(pattern: string, name: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(name);
}
