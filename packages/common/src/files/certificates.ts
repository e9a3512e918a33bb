/** Whether the content of a PEM file is whole: every certificate in it can be read, and a key fits its certificate. */
import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * The certificates of a PEM file.
 *
 * @throws Error when there is none, or one is cut or damaged
 */
export function certificatesIn(pem: string): readonly X509Certificate[] {
  const begun = pem.split('-----BEGIN CERTIFICATE-----').length - 1;
  const blocks = pem.match(block) ?? [];
  if (begun === 0) throw new Error('it holds no certificate');
  if (blocks.length !== begun) throw new Error('a certificate in it is not complete');
  return blocks.map((one, index) => {
    try {
      return new X509Certificate(one);
    } catch {
      throw new Error(`certificate ${index + 1} in it cannot be read`);
    }
  });
}

/** @throws Error when the chain is not whole or the key is not that of its first certificate */
export function checkKeyPair(certificate: string, key: string): void {
  certificatesIn(certificate);
  try {
    createSecureContext({ cert: certificate, key });
  } catch {
    // The library's words may be about the key.
    throw new Error('the key does not belong to the certificate, or cannot be read');
  }
}
