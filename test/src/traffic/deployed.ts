/** Four hosts that EXOP deployed against a small contact centre, every connection through a front of one's own. */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { services } from '@exec/common/config';
import { tarOf } from '@exec/common/tar';
import { makeCertificate } from '@exec/engage-link/testing';
import { ownRedis, testDatabase } from '@exec/testing/vitest';
import { Redis } from 'ioredis';
import { E2eSite, type Peer } from '../e2e/site.ts';
import { Stranger } from '../journey/stranger.ts';
import { Front } from './front.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const version = '1.0.0';
const peers = [
  'redis',
  'config-db',
  'stat-server',
  'sip-server',
  'genesys-cloud',
] as const satisfies readonly Peer[];

export interface Secrets {
  readonly redisPassword: string;
  readonly appPassword: string;
}

export class DeployedSite {
  readonly world: E2eSite;
  readonly stranger: Stranger;
  readonly folder: string;
  readonly secrets: Secrets;
  readonly #fronts: ReadonlyMap<Peer, Front>;
  readonly #tls: boolean;

  private constructor(
    parts: Pick<DeployedSite, 'world' | 'stranger' | 'folder' | 'secrets'>,
    more: {
      readonly fronts: ReadonlyMap<Peer, Front>;
      readonly tls: boolean;
    },
  ) {
    this.world = parts.world;
    this.stranger = parts.stranger;
    this.folder = parts.folder;
    this.secrets = parts.secrets;
    this.#fronts = more.fronts;
    this.#tls = more.tls;
  }

  /** Peers and VMs are there; nothing is deployed yet. */
  static async start(tls: boolean): Promise<DeployedSite> {
    const folder = await mkdtemp(join(tmpdir(), 'exec-traffic-'));
    const secrets = { redisPassword: randomText(), appPassword: randomText() };
    const redis = await ownRedis();
    const admin = new Redis(redis.url);
    await admin.call('ACL', 'SETUSER', 'exec', 'on', `>${secrets.redisPassword}`, '~*', '+@all');
    admin.disconnect();
    const world = await E2eSite.start({ url: redis.url, prefix: 'exec' }, (await testDatabase()).url);
    const authority = makeCertificate({ name: 'Authority of the peers' });
    await writeFile(join(folder, 'peers-ca.pem'), authority.cert);
    const fronts = new Map<Peer, Front>();
    for (const peer of peers)
      fronts.set(
        peer,
        await Front.start({
          target: { host: '127.0.0.1', port: world.proxy(peer).port },
          certificate: tls
            ? makeCertificate({
                name: peer,
                hosts: ['127.0.0.1'],
                issuer: { name: 'Authority of the peers', key: authority.key },
              })
            : undefined,
          asksFirst: peer === 'config-db',
        }),
      );
    const exop = join(folder, 'exop');
    await writeFile(exop, `#!/bin/sh\nexec '${process.execPath}' '${root}packages/exop/src/main.ts' "$@"\n`, {
      mode: 0o755,
    });
    const stranger = await Stranger.arrive(folder, exop);
    await writeImages(join(folder, 'images'));
    return new DeployedSite({ world, stranger, folder, secrets }, { fronts, tls });
  }

  /** Ports of the peers, of the services and of SSH. */
  get ports(): readonly number[] {
    return [
      ...[...this.#fronts.values()].map(({ port }) => port),
      ...this.stranger.vms.flatMap(({ port, sshd }) => [port, sshd.port]),
    ];
  }

  get cloudOrigin(): string {
    return `${this.#tls ? 'https' : 'http'}://127.0.0.1:${this.#port('genesys-cloud')}`;
  }

  /** Writes the `.env`, makes certificates, deploys. */
  async deploy(): Promise<void> {
    const { world, stranger } = this;
    await world.moveCloud(this.cloudOrigin);
    await this.#must('exop init');
    const [excs, exas, excp] = [
      world.environment('excs'),
      world.environment('exas'),
      world.environment('excp'),
    ];
    const link = (peer: Peer) => `${this.#tls ? 'tls://' : ''}127.0.0.1:${this.#port(peer)}`;
    await stranger.fillIn({
      ...stranger.places,
      ...{ VERSION: version, IMAGES_DIR: '../images', REGISTRY: undefined, READY_TIMEOUT_SECONDS: '120' },
      ...{ RELEASE_PUBLIC_KEY: undefined, ALLOW_UNSIGNED: 'true' },
      ...{ ORG_ID: excs.ORG_ID, TENANT_ID: excs.TENANT_ID, REDIS_KEY_PREFIX: 'exec' },
      REDIS_URL: `${this.#tls ? 'rediss' : 'redis'}://exec:${this.secrets.redisPassword}@127.0.0.1:${this.#port('redis')}`,
      GENESYS_CLOUD_URL: undefined,
      GENESYS_CLOUD_ALLOWED_HOSTS: this.cloudOrigin,
      GENESYS_CLOUD_REQUESTS_PER_MINUTE: '60000',
      GENESYS_CLOUD_CHECK_HOSTS: new URL(this.cloudOrigin).host,
      CONFIG_DB_URL: this.#databaseUrl(excs.CONFIG_DB_URL ?? ''),
      ...{ SYNC_FOLDER: excs.SYNC_FOLDER, SYNC_INTERVAL_SECONDS: '1', SYNC_REVIEW: 'never' },
      ...{ STAT_SERVER_PRIMARY: link('stat-server'), STAT_SERVER_BACKUP: undefined },
      TENANT_NAME: exas.TENANT_NAME,
      ...{ SIP_SERVER_PRIMARY: link('sip-server'), SIP_SERVER_BACKUP: undefined },
      ...{ SWITCH_NAME: excp.SWITCH_NAME, ENGAGE_APP_PASSWORD: this.secrets.appPassword },
      // What would be said at trace is not what travels; it is not of interest here.
      LOG_LEVEL: 'info',
    });
    if (this.#tls) {
      const ca = '../peers-ca.pem';
      const printed = await this.#must('exop certificates');
      const lines = printed.matchAll(/^([A-Z][A-Z0-9_]+)=(.*)$/gm);
      await stranger.fillIn({
        ...{ REDIS_CA_FILE: ca, GENESYS_CLOUD_CA_FILE: ca, ENGAGE_LINK_CA_FILE: ca },
        ...Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value])),
      });
    }
    await this.#must('exop deploy');
  }

  /** Exchanges tokens, key and certificates under the services; answers what was started or stopped for it. */
  async rotate(): Promise<readonly string[]> {
    const before = this.stranger.history.length;
    for (const what of ['token', 'key', 'certificates']) await this.#must(`exop rotate ${what}`);
    for (const what of ['token', 'key']) await this.#must(`exop rotate ${what} --finish`);
    return this.stranger.history.slice(before);
  }

  async close(): Promise<void> {
    await this.stranger.leave();
    for (const front of this.#fronts.values()) await front.close();
    await this.world.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  #port(peer: Peer): number {
    return this.#fronts.get(peer)?.port ?? 0;
  }

  #databaseUrl(plain: string): string {
    const url = new URL(plain);
    url.port = String(this.#port('config-db'));
    if (this.#tls) {
      url.searchParams.set('sslmode', 'verify-full');
      url.searchParams.set('sslrootcert', join(this.folder, 'peers-ca.pem'));
    }
    return url.href;
  }

  async #must(command: string): Promise<string> {
    const { output, calls } = await this.stranger.type(command);
    if (calls.length === 0 || calls.some((call) => !call.startsWith('0 ')))
      throw new Error(`${command} ended with ${calls.join(', ')}:\n${output}`);
    return output;
  }
}

/** In place of bundles: each image starts its service from the source. */
async function writeImages(folder: string): Promise<void> {
  await mkdir(folder);
  for (const service of services) {
    const main = `import(${JSON.stringify(`${root}packages/${service}/src/main.ts`)});\n`;
    const tar = tarOf([{ path: 'app/dist/main.js', content: Buffer.from(main), mode: 0o644 }]);
    await writeFile(join(folder, `${service}-${version}.tgz`), gzipSync(Buffer.concat([...tar])));
  }
}

function randomText(): string {
  return randomBytes(18).toString('hex');
}
