/** Sites and engines for one test file, closed after each test, or when the file is done. */
import { testDatabase, testRedis } from '@exec/testing/vitest';
import { afterAll, afterEach } from 'vitest';
import { Engine, type EngineOptions } from './engine.ts';
import { Site, type SiteOptions } from './site.ts';

/** How long something lives: what a `beforeAll` starts lives as long as the file. */
export type Life = 'test' | 'file';

const open: Readonly<Record<Life, (() => Promise<void>)[]>> = { test: [], file: [] };

afterEach(() => closeAll('test'));
afterAll(() => closeAll('file'));

async function closeAll(life: Life): Promise<void> {
  for (const close of open[life].splice(0).reverse()) await close();
}

export function closeLater(close: () => Promise<void>, life: Life = 'test'): void {
  open[life].push(close);
}

export async function startSite(options: Partial<SiteOptions> = {}, life: Life = 'test'): Promise<Site> {
  const { url } = await testDatabase();
  const site = await Site.start({ database: url, redis: testRedis(), ...options });
  closeLater(() => site.close(), life);
  return site;
}

export async function startEngine(
  site: Site,
  options: Partial<EngineOptions> = {},
  life: Life = 'test',
): Promise<Engine> {
  const engine = await Engine.start({ ...options, env: { ...site.env, ...options.env } });
  closeLater(() => engine.stop(), life);
  return engine;
}
