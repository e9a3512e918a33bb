/** When the certificates end that the variables name: a renewal that was forgotten stops links and answers. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gaugeFrom, type Registry } from '../metrics.ts';

const certificates = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

export function certificateMetrics(registry: Registry, env: Readonly<Record<string, unknown>>): void {
  const files = Object.entries(env).filter(
    (entry): entry is [string, string] => /_(CERT|CA)_FILE$/.test(entry[0]) && typeof entry[1] === 'string',
  );
  gaugeFrom(
    registry,
    {
      name: 'exec_certificate_expiry_timestamp_seconds',
      help: 'When the first certificate in the file of a variable ends; 0: it cannot be read. Read anew at each scrape.',
      labelNames: ['file'],
    },
    () => files.map(([variable, path]) => ({ labels: { file: variable }, value: firstEnd(path) })),
  );
}

/** Unix time in seconds; 0 of what cannot be read or is no certificate, so that the alert on an end speaks of it. */
function firstEnd(path: string): number {
  try {
    const ends = (readFileSync(path, 'utf8').match(certificates) ?? []).map(
      (pem) => Date.parse(new X509Certificate(pem).validTo) / 1000,
    );
    return ends.length === 0 ? 0 : Math.min(...ends);
  } catch {
    return 0;
  }
}
