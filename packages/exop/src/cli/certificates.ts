/** `exop certificates`: a certificate authority and the certificates of the services, for those who have none. */
import { statSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { type Cli, type Command, integerWithin } from '@exec/common/cli';
import { table } from '@exec/common/text-table';
import { type StoredCertificate, storeCertificates } from '../certificates/store.ts';
import { readHosts, type ServiceHost } from '../config/hosts.ts';
import { quoted } from '../init/template.ts';
import { framed, type Surroundings } from './task.ts';

interface CertificatesOptions {
  readonly out: string;
  readonly days: number;
  readonly renew?: boolean;
}

export function addCertificates(cli: Cli, around: Surroundings): void {
  const making = cli.program
    .command('certificates')
    .description('make a certificate authority and the certificates of the services; what is good stays')
    .option('--out <folder>', 'where they are written', 'certificates')
    // What ends within 30 days is made anew at each run.
    .option('--days <n>', 'how long those of the services hold', integerWithin(31, 825), 397)
    .option('--renew', 'make those of the services anew; the authority stays');
  cli.action(making, (options: CertificatesOptions, command: Command) =>
    framed(command, around, async ({ envFile, print, report }) => {
      const { services, values, warnings } = readHosts(envFile);
      for (const warning of warnings) around.stderr.write(`warning: ${warning}\n`);
      const folder = resolve(around.folder, options.out);
      const named = namesOf(services);
      const stored = await storeCertificates({
        ...{ folder, services: named, days: options.days, renew: options.renew === true },
        now: new Date(),
      });
      if ((statSync(folder).mode & 0o077) !== 0)
        around.stderr.write(`warning: ${folder} can be read by others: chmod 700 ${folder}\n`);
      const settings = settingsFor(envFile, folder, named, values);
      const shown = (path: string): string => relative(around.folder, path);
      print(certificatesText(stored, shown));
      print(settingsText(settings, relative(around.folder, envFile)));
      print(
        `The key of the authority, ${shown(resolve(folder, 'ca.key'))}, stays on this machine: EXOP takes it to no VM. Back up the folder.`,
      );
      report.folder = folder;
      report.certificates = stored;
      report.settings = settings;
      return true;
    }),
  );
}

/** With the names of their files: `excs`, `exas`, `excp-1`, `excp-2`. */
export function namesOf(
  services: readonly ServiceHost[],
): readonly (ServiceHost & { readonly name: string })[] {
  return services.map((one) => ({
    ...one,
    name: one.service === 'excp' ? `excp-${one.number}` : one.service,
  }));
}

interface Setting {
  readonly name: string;
  /** As it stands in the `.env`. */
  readonly value: string;
  readonly state: 'there' | 'missing' | 'different';
}

/** What a `.env` has to say so that these files are used. */
export function settingsFor(
  envFile: string,
  folder: string,
  services: readonly (ServiceHost & { readonly name: string })[],
  values: ReadonlyMap<string, string>,
): readonly Setting[] {
  const setting = (name: string, file: string): Setting => {
    const path = resolve(folder, file);
    const below = relative(dirname(envFile), path);
    const before = values.get(name) ?? '';
    return {
      name,
      value: quoted(below.startsWith('..') ? path : `./${below}`),
      state: before === path ? 'there' : before === '' ? 'missing' : 'different',
    };
  };
  return [
    ...services.flatMap(({ prefix, name }) => [
      setting(`${prefix}TLS_CERT_FILE`, `${name}.pem`),
      setting(`${prefix}TLS_KEY_FILE`, `${name}.key`),
    ]),
    // EXAS and EXCP know EXCS by it.
    setting('EXCS_CA_FILE', 'ca.pem'),
  ];
}

function certificatesText(stored: readonly StoredCertificate[], shown: (path: string) => string): string {
  const rows = stored.map(({ certificate, name, hosts, until, result }) => [
    shown(certificate),
    name === 'ca' ? 'the authority of the others' : hosts.join(', '),
    until.toISOString().slice(0, 10),
    result,
  ]);
  return table(['file', 'for', 'until', 'result'], rows);
}

function settingsText(settings: readonly Setting[], env: string): string {
  const lines = (state: Setting['state']): string[] =>
    settings.filter((one) => one.state === state).map(({ name, value }) => `${name}=${value}`);
  const missing = lines('missing');
  const different = lines('different');
  if (missing.length + different.length === 0)
    return `${env} names them already. "exop deploy" brings what is new to the VMs.`;
  return [
    ...(missing.length === 0 ? [] : [`Put into ${env}:`, ...missing]),
    ...(different.length === 0
      ? []
      : [`${env} names other files. To use these, put in their place:`, ...different]),
  ].join('\n');
}
