/**
 * The image of a bridge, built as a customer would from `packages/bridge` alone, with jars that look like an SDK: it holds
 * what was built, runs as nobody without a network and writes nowhere. Run by `pnpm test:containers`.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../bridge/bridge-process.ts';
import { buildAlone } from '../bridge/build-command.ts';
import { type Engine, findEngine } from './engine.ts';
import { importJavaBase, javaBase } from './java-base.ts';

const tag = `exec-containers/bridge:0.0.0-${randomBytes(4).toString('hex')}`;
const megabyte = 1_000_000;
/** As a deployment runs it, and without a network: what is tried here needs none. */
const hardened = ['--rm', '--network=none', '--read-only', '--cap-drop=ALL', '--memory=256m'];

let engine: Engine;
let base: string;
let folder: string;

beforeAll(async () => {
  engine = await findEngine();
  folder = await mkdtemp(join(tmpdir(), 'exec-bridge-image-'));
  await ensureBuilt();
  const alone = await buildAlone(folder, join(folder, 'bridge/dist'));
  base = await javaBase(engine, () => importJavaBase(engine, join(folder, 'base')));
  process.stderr.write(`containers: the image of a bridge on ${base}\n`);
  await engine.docker(['build', '--build-arg', `BASE=${base}`, '--tag', tag, '.'], { cwd: alone });
}, 600_000);

afterAll(async () => {
  if (engine !== undefined && !engine.isOwn) await engine.tryDocker(['image', 'rm', '--force', tag]);
  if (engine !== undefined) await engine.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}, 120_000);

describe('the image of a bridge', () => {
  it('runs as nobody and says on which ports', async () => {
    const [image] = JSON.parse(await engine.docker(['image', 'inspect', tag]));
    process.stderr.write(`containers: bridge has ${Math.round(image.Size / megabyte)} MB\n`);
    expect(image.Config.User).toBe('65532:65532');
    expect(image.Config.Entrypoint[0]).toBe('java');
    expect(Object.keys(image.Config.ExposedPorts).toSorted()).toEqual(['2060/tcp', '3660/tcp', '8000/tcp']);
    expect(image.Config.Env.join('\n')).not.toMatch(/TOKEN|SECRET|PASSWORD|_KEY=/);
  });

  it('finds the jars that it was built with: the selftest passes without network and rights', async () => {
    const said = await engine.docker(['run', ...hardened, tag, 'selftest']);
    expect(said).toContain('0 differ');
    expect(said).toContain('nothing untested');
  });

  it('ends with 78 when its configuration cannot be read', async () => {
    const ran = await engine.tryDocker(['run', ...hardened, tag]);
    expect(ran.stderr).toContain('/config/bridge.properties cannot be read');
    expect(ran.code).toBe(78);
  });

  it('has no shell', async () => {
    const ran = await engine.tryDocker(['run', ...hardened, '--entrypoint', '/bin/sh', tag, '-c', 'true']);
    expect(ran.code).toBe(127);
  });
});
