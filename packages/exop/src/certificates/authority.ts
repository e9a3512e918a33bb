/** A small certificate authority of the deployment's own, and what it signs. */
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

export const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3653;
/** The clock of a VM may be behind that of this machine. */
const CLOCKS_MS = 3_600_000;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const organisation = 'EX Engage Connector';

/** Both are PEM. */
export interface CertificateAndKey {
  readonly certificate: string;
  readonly key: string;
}

/** Ten years; it signs certificates of services and no other authority. */
export async function makeAuthority(now: Date): Promise<CertificateAndKey> {
  const keys = await makeKeys();
  const serialNumber = randomSerial();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber,
    // Two authorities that were made one after the other must not be taken for the same.
    name: nameOf(`${organisation} CA ${serialNumber.slice(0, 8)}`),
    notBefore: new Date(now.getTime() - CLOCKS_MS),
    notAfter: new Date(now.getTime() + AUTHORITY_DAYS * DAY_MS),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: certificate.toString('pem'), key: await pemOf(keys.privateKey) };
}

export interface LeafWanted {
  /** Name of the instance. */
  readonly name: string;
  /** Host names and addresses. */
  readonly hosts: readonly string[];
  readonly days: number;
}

/** For a server; it does not outlive its authority. The certificate has that of the authority behind it. */
export async function makeLeaf(
  authority: CertificateAndKey,
  { name, hosts, days }: LeafWanted,
  now: Date,
): Promise<CertificateAndKey> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await makeKeys();
  const end = Math.min(now.getTime() + days * DAY_MS, issuer.notAfter.getTime());
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject: nameOf(name),
    issuer: issuer.subject,
    notBefore: new Date(now.getTime() - CLOCKS_MS),
    notAfter: new Date(end),
    publicKey: keys.publicKey,
    signingKey: await privateKeyOf(authority.key),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        hosts.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return {
    certificate: `${certificate.toString('pem')}\n${authority.certificate.trim()}`,
    key: await pemOf(keys.privateKey),
  };
}

function nameOf(commonName: string): x509.JsonName {
  return [{ O: [organisation] }, { CN: [commonName] }];
}

async function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function pemOf(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

async function privateKeyOf(pem: string): Promise<webcrypto.CryptoKey> {
  const [der] = x509.PemConverter.decode(pem);
  if (der === undefined) throw new Error('no key in it');
  return await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}

/** Positive, as RFC 5280 wants it, and not guessable. */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
