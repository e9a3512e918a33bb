/** Sites and engines for one test file, closed after each test, or when the file is done. */
import { closeLater, type Life, testDatabase, testRedis } from '@exec/testing/vitest';
import { Engine, type EngineOptions } from './engine.ts';
import { Site, type SiteOptions } from './site.ts';

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
