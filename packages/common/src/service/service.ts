/** What every service's entry point calls: environment, log, metrics, health, HTTP, Redis, and an orderly end. */
import { randomBytes } from 'node:crypto';
import {
  plainPeers,
  Secret,
  type SecretFile,
  type ServiceName,
  SettingsStore,
  settingsSections,
  type Variables,
} from '../config/index.ts';
import type { ExecError } from '../errors/errors.ts';
import { FollowedFiles } from '../files/followed-files.ts';
import { Announcements, Formats, type FormatTable, formatMetrics } from '../formats/index.ts';
import { createHttpServer, Health, type ServiceHttp } from '../http/index.ts';
import { countDropped, LogOutput } from '../logging/log-output.ts';
import { createLogger, type DestinationStream, type Logger } from '../logging/logging.ts';
import { createRegistry, gaugeFrom, type Registry } from '../metrics.ts';
import { KeySpace, RedisConnection } from '../redis/index.ts';
import { serviceVersion } from '../service-version.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { serveAudit } from './audit.ts';
import { certificateMetrics } from './certificates.ts';
import { InstancePresence } from './instance-presence.ts';
import { exitCodeOf, Lifecycle } from './lifecycle.ts';
import { endWithProcess } from './process-end.ts';
import {
  parseServiceEnvironment,
  type ServiceCheck,
  type ServiceEnvironment,
} from './service-environment.ts';

export { serviceVersion } from '../service-version.ts';
export { parseServiceEnvironment, type ServiceEnvironment } from './service-environment.ts';

export interface ServiceContext<V extends Variables> {
  readonly env: ServiceEnvironment<V>;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly health: Health;
  readonly http: ServiceHttp;
  readonly lifecycle: Lifecycle;
  readonly redis: RedisConnection;
  /** What people ask for by REST goes over this one, so that it holds up no lease. */
  readonly apiRedis: Pick<RedisConnection, 'client'>;
  readonly keys: KeySpace;
  /** Forms of what is stored in Redis. */
  readonly formats: Formats;
  /** Who else reads them. */
  readonly announcements: Announcements;
  readonly settings: SettingsStore;
  /** Certificates and secrets that are read again when they change. */
  readonly files: FollowedFiles;
  readonly instanceId: string;
  /** `INSTANCE_ID:<random>`, new at each start: the owner of leases. */
  readonly owner: string;
  readonly version: string;
}

/** Before anything talks to Redis. */
type Composed<V extends Variables> = Omit<ServiceContext<V>, 'announcements'>;

export interface ServiceOptions<V extends Variables> {
  readonly service: ServiceName;
  /** The service's own variables; the common ones are added. */
  readonly variables: V;
  /** Rules over several variables. */
  readonly check?: ServiceCheck<V>;
  /**
   * Wires the service and returns soon: it must not wait for a dependency, since a service starts and stays up
   * with any of them absent. What it opens it registers with `lifecycle.onStop`.
   */
  readonly start: (context: ServiceContext<V>) => Promise<void> | void;
}

export interface RunningService {
  readonly port: number;
  stop(): Promise<void>;
}

/** In place of the real ones. */
export interface ServiceOverrides {
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Of another release. */
  readonly formats?: FormatTable;
  /** Told of each warning about the environment, also when its faults keep the service from starting. */
  readonly onWarning?: (message: string) => void;
  /** Where the service's own logger writes; default: standard output. */
  readonly logDestination?: DestinationStream & { readonly dropped?: number };
  /** Until a command to Redis without an answer fails, in milliseconds; default: that of `RedisConnection`. */
  readonly redisTimeoutMs?: number;
}

/**
 * Starts a service inside this process; signals are left alone.
 *
 * @throws ConfigurationError; ExecError `http.listen-failed`; what `start` throws
 */
export async function startService<V extends Variables>(
  options: ServiceOptions<V>,
  env: NodeJS.ProcessEnv,
  overrides: ServiceOverrides = {},
): Promise<RunningService> {
  const context = compose(options, env, overrides);
  const port = await begin(options, context);
  return { port, stop: () => context.lifecycle.stop('asked to') };
}

/** Runs a service as this process, to its end: signals, faults nobody caught, exit codes 0, 1 and 78. */
export async function runService<V extends Variables>(options: ServiceOptions<V>): Promise<void> {
  const output = new LogOutput();
  let context: Composed<V>;
  const warnings: string[] = [];
  try {
    const onWarning = (message: string) => void warnings.push(message);
    context = compose(options, process.env, { logDestination: output, onWarning });
  } catch (error) {
    const fault = error as Error;
    const logger = createLogger({
      service: options.service,
      version: serviceVersion,
      level: 'info',
      destination: output,
    });
    for (const warning of warnings) logger.warn(warning);
    logger.fatal({ err: fault }, fault.message);
    process.stderr.write([...warnings.map((warning) => `warning: ${warning}`), fault.message, ''].join('\n'));
    output.flush();
    process.exitCode = exitCodeOf(error);
    return;
  }
  endWithProcess(context.lifecycle, context.logger, output);
  await begin(options, context).catch((error: unknown) => context.lifecycle.stop(asError(error)));
}

function compose<V extends Variables>(
  options: ServiceOptions<V>,
  processEnv: NodeJS.ProcessEnv,
  overrides: ServiceOverrides,
): Composed<V> {
  const { service } = options;
  const warnings: string[] = [];
  const warn = (message: string) => {
    warnings.push(message);
    overrides.onWarning?.(message);
  };
  const secretFiles: SecretFile[] = [];
  const env = parseServiceEnvironment(service, options.variables, processEnv, {
    warn,
    check: options.check,
    onSecretFile: (file) => secretFiles.push(file),
  });
  const version = serviceVersion;
  const clock = overrides.clock ?? systemClock;
  const { logDestination: destination } = overrides;
  const secrets = Object.values(env).filter((value) => value instanceof Secret);
  const logger =
    overrides.logger ??
    createLogger({ service, version, level: env.LOG_LEVEL, secrets, ...(destination && { destination }) });
  for (const warning of warnings) logger.warn(warning);
  const registry = createRegistry({ service, version });
  countDropped(registry, () => destination?.dropped ?? 0);
  certificateMetrics(registry, env);
  sayPlainPeers(registry, logger, env);
  const files = new FollowedFiles({ clock, logger, registry });
  const health = new Health({ clock });
  const lifecycle = new Lifecycle({ clock, logger });
  lifecycle.onStop('files', () => files.stop());
  lifecycle.stopping.addEventListener('abort', () => health.stopping(), { once: true });
  const name = `${service}-${env.INSTANCE_ID}`;
  const { REDIS_URL: url, REDIS_CA_FILE: caFile } = env;
  const keys = new KeySpace({ prefix: env.REDIS_KEY_PREFIX, orgId: env.ORG_ID, tenantId: env.TENANT_ID });
  const probeKey = keys.key('probe');
  const redis = RedisConnection.open({
    ...{ url, caFile, name, logger, clock, registry, probeKey, files },
    commandTimeoutMs: overrides.redisTimeoutMs,
  });
  lifecycle.onStop('redis', () => redis.close());
  // After those who use them: whom a new secret does not suit refuses it.
  for (const { variable, path, take } of secretFiles)
    files.follow({ [variable]: path }, (contents) => take(contents[variable] ?? ''));
  const formats = new Formats(overrides.formats);
  formatMetrics(registry, formats);
  const encryption = { key: env.SETTINGS_KEY, plaintext: env.SETTINGS_PLAINTEXT };
  return {
    env,
    logger,
    registry,
    clock,
    health,
    http: createHttpServer({
      ...{ service, version, env, logger, registry, health, clock, files, instanceId: env.INSTANCE_ID },
      console: env.CONSOLE ? { links: env.CONSOLE_LINKS ?? [] } : undefined,
    }),
    files,
    lifecycle,
    redis,
    apiRedis: { client: redis.aside() },
    keys,
    formats,
    settings: new SettingsStore({ redis, keys, formats, encryption, service: settingsSections[service] }),
    instanceId: env.INSTANCE_ID,
    owner: `${env.INSTANCE_ID}:${randomBytes(8).toString('hex')}`,
    version,
  };
}

async function begin<V extends Variables>(options: ServiceOptions<V>, context: Composed<V>): Promise<number> {
  const { logger, lifecycle, health, redis, http } = context;
  followRedis(redis, health);
  claimInstance(options.service, context);
  const keepMs = context.env.AUDIT_DAYS * 86_400_000;
  lifecycle.onStop(
    'audit',
    serveAudit({ ...context, redis: context.apiRedis, service: options.service, keepMs }),
  );
  const announcements = announceFormats(options.service, context);
  try {
    await options.start({ ...context, announcements });
    // Last registered, first stopped: nothing new comes in while the rest ends.
    lifecycle.onStop('http', () => http.close(), { limitMs: 6000 });
    const { port } = await http.listen();
    logger.info({ 'server.port': port, 'exec.instance_id': context.instanceId }, `Listening on port ${port}`);
    return port;
  } catch (error) {
    await lifecycle.stop(asError(error));
    throw error;
  }
}

function sayPlainPeers(registry: Registry, logger: Logger, env: Readonly<Record<string, unknown>>): void {
  const peers = plainPeers(env);
  gaugeFrom(
    registry,
    { name: 'exec_plaintext_peers', help: 'Peers on other machines that are spoken to without TLS.' },
    () => peers.length,
  );
  if (peers.length > 0)
    logger.warn(`Spoken to in plain text, readable for whoever is on the way: ${peers.join(', ')}`);
}

function followRedis(redis: RedisConnection, health: Health): void {
  const dependency = health.dependency('redis', redis.detail);
  const show = () => (redis.writable ? dependency.up(redis.detail) : dependency.down(redis.detail));
  redis.onState(show);
  show();
}

function claimInstance<V extends Variables>(service: string, context: Composed<V>): void {
  const { redis, keys, instanceId, clock, logger, lifecycle, health } = context;
  const dependency = health.dependency('instance-id');
  const presence = new InstancePresence({
    redis,
    keys,
    service,
    instanceId,
    clock,
    onDuplicate: (error: ExecError) => void lifecycle.stop(error),
    onState: (held, detail) => (held ? dependency.up(detail) : dependency.down(detail)),
  });
  lifecycle.onStop('instance-id', () => presence.stop());
  presence.start();
  const stopFollowing = redis.onState((up) => up && presence.retry());
  lifecycle.onStop('instance-id-follow', stopFollowing);
  logger.debug({ 'exec.instance_id': instanceId }, 'Instance name is being claimed');
}

function announceFormats<V extends Variables>(service: string, context: Composed<V>): Announcements {
  const { redis, keys, instanceId, formats, clock, logger, lifecycle, health } = context;
  const announcements = new Announcements({
    ...{ redis, keys, service, instanceId, formats, clock, logger },
    health: health.dependency('formats', 'not announced yet', { required: false }),
  });
  lifecycle.onStop('formats', () => announcements.stop());
  void announcements.look();
  const stopFollowing = redis.onState((up) => void (up && announcements.look()));
  lifecycle.onStop('formats-follow', stopFollowing);
  return announcements;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
