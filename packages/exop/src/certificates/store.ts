/** Certificates as files: which are there and good, and which are made anew. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { ExecError } from '@exec/common/errors';
import { type CertificateAndKey, DAY_MS, type LeafWanted, makeAuthority, makeLeaf } from './authority.ts';

/** What ends sooner is made anew. */
const SOON_MS = 30 * DAY_MS;

export interface StoredCertificate {
  /** Absolute paths. */
  readonly certificate: string;
  readonly key: string;
  readonly name: string;
  readonly hosts: readonly string[];
  readonly until: Date;
  readonly result: 'made' | 'kept';
}

export interface StoreOptions {
  readonly folder: string;
  readonly services: readonly Omit<LeafWanted, 'days'>[];
  readonly days: number;
  /** Makes those of the services anew although they are good. */
  readonly renew: boolean;
  readonly now: Date;
}

/**
 * The authority first, then a certificate for each service. The authority stays as long as it can be used: what
 * trusts it need not be told of a renewal.
 * @throws ExecError exop.certificates-unusable, exop.file-not-written
 */
export async function storeCertificates(options: StoreOptions): Promise<readonly StoredCertificate[]> {
  const { folder, services, days, now } = options;
  writing(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }));
  const authority = await authorityIn(folder, now);
  const stored = [authority.stored];
  for (const { name, hosts } of services) {
    const paths = { certificate: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
    const there = options.renew ? undefined : goodLeaf(paths, hosts, authority.certificate, now);
    if (there === undefined) put(paths, await makeLeaf(authority.signer(), { name, hosts, days }, now));
    else keepClosed(paths.key);
    const until = there ?? new Date(new X509Certificate(readFileSync(paths.certificate)).validTo);
    stored.push({ ...paths, name, hosts, until, result: there === undefined ? 'made' : 'kept' });
  }
  return stored;
}

/**
 * Puts a new authority in front of the one that is there: `ca.pem` holds both, so that what trusts it trusts both. Does
 * nothing when that was begun before.
 * @throws ExecError exop.certificates-unusable, exop.file-not-written
 */
export async function beginAuthority(folder: string, now: Date): Promise<void> {
  const paths = { certificate: join(folder, 'ca.pem'), key: join(folder, 'ca.key') };
  const before = textAt(paths.certificate);
  if (before === undefined)
    throw unusable(`${paths.certificate} is missing: there is no authority to follow`);
  if (certificatesOf(before).length > 1) return;
  const fresh = await makeAuthority(now);
  put(paths, { ...fresh, certificate: `${fresh.certificate.trim()}\n${before.trim()}` });
}

/**
 * Leaves the newest authority alone in `ca.pem`; answers whether there was another.
 * @throws ExecError exop.certificates-unusable, exop.file-not-written
 */
export function finishAuthority(folder: string): boolean {
  const path = join(folder, 'ca.pem');
  const [newest, ...older] = certificatesOf(textAt(path) ?? '');
  if (newest === undefined) throw unusable(`${path} is not the certificate of an authority`);
  if (older.length > 0) replace(path, newest, 0o644);
  return older.length > 0;
}

function certificatesOf(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
}

interface Paths {
  readonly certificate: string;
  readonly key: string;
}

interface Authority {
  readonly certificate: X509Certificate;
  readonly stored: StoredCertificate;
  /** Its key is needed only where something is made: it may lie elsewhere meanwhile. */
  readonly signer: () => CertificateAndKey;
}

async function authorityIn(folder: string, now: Date): Promise<Authority> {
  const paths = { certificate: join(folder, 'ca.pem'), key: join(folder, 'ca.key') };
  const before = textAt(paths.certificate);
  if (before === undefined) {
    if (textAt(paths.key) !== undefined) throw unusable(`${paths.certificate} is missing beside its key`);
    put(paths, await makeAuthority(now));
  } else if (textAt(paths.key) !== undefined) keepClosed(paths.key);
  // While an authority follows another, the newest is the first.
  const [text = ''] = certificatesOf(before ?? readFileSync(paths.certificate, 'utf8'));
  const certificate = certificateOf(text);
  if (certificate?.ca !== true) throw unusable(`${paths.certificate} is not the certificate of an authority`);
  const until = new Date(certificate.validTo);
  if (until.getTime() - now.getTime() < SOON_MS)
    throw unusable(`the authority ${paths.certificate} ends at ${until.toISOString()}`);
  const result = before === undefined ? 'made' : 'kept';
  return {
    certificate,
    stored: { ...paths, name: 'ca', hosts: [], until, result },
    signer: () => {
      const key = textAt(paths.key);
      if (key === undefined) throw unusable(`${paths.key} is missing, so that nothing can be signed`);
      if (!fits(certificate, key)) throw unusable(`${paths.key} is not the key of ${paths.certificate}`);
      return { certificate: text, key };
    },
  };
}

/** When it ends; undefined of what must be made: not there, not whole, for others, of another authority, or ending. */
function goodLeaf(
  paths: Paths,
  hosts: readonly string[],
  authority: X509Certificate,
  now: Date,
): Date | undefined {
  const certificate = certificateOf(textAt(paths.certificate));
  const key = textAt(paths.key);
  if (certificate === undefined || key === undefined || !fits(certificate, key)) return undefined;
  if (!certificate.checkIssued(authority) || !certificate.verify(authority.publicKey)) return undefined;
  const isFor = (host: string): boolean =>
    (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined;
  const until = new Date(certificate.validTo);
  return hosts.every(isFor) && until.getTime() - now.getTime() >= SOON_MS ? until : undefined;
}

function certificateOf(text: string | undefined): X509Certificate | undefined {
  try {
    return text === undefined ? undefined : new X509Certificate(text);
  } catch {
    return undefined;
  }
}

function fits(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** The key first: a certificate without its key is seen as not whole the next time. */
function put(paths: Paths, { certificate, key }: CertificateAndKey): void {
  replace(paths.key, key, 0o600);
  replace(paths.certificate, certificate, 0o644);
}

/** Written beside and moved, so that nobody reads half of it. */
function replace(path: string, content: string, mode: number): void {
  const fresh = `${path}.${process.pid}.tmp`;
  writing(path, () => {
    try {
      writeFileSync(fresh, `${content.trim()}\n`, { mode, flag: 'wx', flush: true });
      renameSync(fresh, path);
    } finally {
      rmSync(fresh, { force: true });
    }
  });
}

function keepClosed(key: string): void {
  writing(key, () => chmodSync(key, 0o600));
}

function writing(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new ExecError('exop.file-not-written', `${path} cannot be written`, { cause: error });
  }
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(`${path} cannot be read`, error);
  }
}

function unusable(message: string, cause?: unknown): ExecError {
  return new ExecError('exop.certificates-unusable', message, { cause });
}
