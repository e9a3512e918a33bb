/** What Prometheus, Alertmanager and Grafana need for one deployment: where its instances are, alerts, rules, dashboards. */
import type { Deployment } from '../config/deployment.ts';
import type { InstanceSettings, Part } from '../config/instance.ts';

export interface MonitoringFile {
  /** Below the folder that is written. */
  readonly path: string;
  readonly content: string;
  /** Follows from the `.env` alone, so that it is written anew each time; the others may have been changed by hand. */
  readonly derived: boolean;
}

export interface MonitoringOptions {
  /** Value of the label `deployment`, by which several deployments share one Prometheus. */
  readonly name: string;
  /** Where the pages can be read: the links of the alerts to their runbooks begin with it. */
  readonly docs: string;
  /** Reads a file below `docker` of the package. */
  readonly read: (path: string) => string;
  /** Files of the package that are taken as they are, below `docker`. */
  readonly plain: readonly string[];
}

/** The scrape jobs, whose names alerts and dashboards rely on. */
const jobs: readonly Part[] = ['excs', 'exas', 'excp', 'bridge'];

export function monitoringFiles(
  deployment: Deployment,
  { name, docs, read, plain }: MonitoringOptions,
): readonly MonitoringFile[] {
  const of = (job: Part) => deployment.instances.filter(({ service }) => service === job);
  const authorities = new Map(jobs.flatMap((job) => authorityOf(job, of(job))));
  return [
    {
      path: 'prometheus/prometheus.yml',
      content: configured(read('prometheus/prometheus.yml'), docs, authorities),
      derived: false,
    },
    ...jobs.map((job) => ({
      path: `prometheus/targets/${job}.yml`,
      content: targetsOf(job, of(job), name),
      derived: true,
    })),
    ...[...authorities].map(([job, content]) => ({
      path: `prometheus/${certificatesOf(job)}`,
      content,
      derived: true,
    })),
    ...plain.map((path) => ({ path, content: read(path), derived: false })),
  ];
}

/** Addresses that Prometheus could not reach from another machine. */
export function unreachableTargets(deployment: Deployment): readonly string[] {
  return deployment.instances
    .filter(({ publishAddress = '' }) => /^(127\.|::1$)/.test(publishAddress))
    .map(({ name }) => name);
}

const certificatesOf = (job: Part): string => `certificates/${job}.pem`;

/** The certificates that the instances of a job were given. */
function authorityOf(
  job: Part,
  instances: readonly InstanceSettings[],
): readonly (readonly [Part, string])[] {
  const chains = instances.flatMap(({ files }) => files.get('TLS_CERT_FILE')?.reveal().trim() ?? []);
  return chains.length === 0 ? [] : [[job, `${[...new Set(chains)].join('\n')}\n`]];
}

/** JSON is YAML; the label says how Prometheus asks an instance that speaks TLS. */
function targetsOf(job: Part, instances: readonly InstanceSettings[], deployment: string): string {
  const head = `# Written by "exop monitoring export" for the job ${job}; changes are lost the next time.\n`;
  const groups = instances.map((instance) => ({
    targets: [targetOf(instance)],
    labels: { deployment, ...(instance.files.has('TLS_CERT_FILE') ? { __scheme__: 'https' } : {}) },
  }));
  return `${head}${groups.length === 0 ? '[]\n' : groups.map((group) => `- ${JSON.stringify(group)}\n`).join('')}`;
}

/** The address that the service is published on, else that of its VM. */
function targetOf({ address, publishAddress, port }: InstanceSettings): string {
  const host =
    publishAddress === undefined || ['0.0.0.0', '::'].includes(publishAddress)
      ? address.host
      : publishAddress;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The shipped configuration with the address of the pages, and the certificates of jobs that speak TLS. */
function configured(shipped: string, docs: string, authorities: ReadonlyMap<Part, string>): string {
  return shipped
    .split('\n')
    .flatMap((line) => {
      if (/^ *# With TLS_CERT_FILE set/.test(line)) return [];
      if (/^ *exec_docs:/.test(line)) return [line.replace(/:.*/, `: ${JSON.stringify(docs)}`)];
      const job = jobs.find((one) => line.trim() === `- job_name: ${one}`);
      if (job === undefined || !authorities.has(job)) return [line];
      return [line, `    tls_config: { ca_file: ${certificatesOf(job)} }`];
    })
    .join('\n');
}
