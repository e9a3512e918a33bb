/** Sites and engines for one test file, closed after each test. */
import { testDatabase, testRedis } from '@exec/testing/vitest';
import { afterEach } from 'vitest';
import { Engine, type EngineOptions } from './engine.ts';
import { Site, type SiteOptions } from './site.ts';

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Ends with the test. */
export function closeLater(close: () => Promise<void>): void {
  open.push(close);
}

export async function startSite(options: Partial<SiteOptions> = {}): Promise<Site> {
  const { url } = await testDatabase();
  const site = await Site.start({ database: url, redis: testRedis(), ...options });
  closeLater(() => site.close());
  return site;
}

export async function startEngine(site: Site, options: Partial<EngineOptions> = {}): Promise<Engine> {
  const engine = await Engine.start({ ...options, env: { ...site.env, ...options.env } });
  closeLater(() => engine.stop());
  return engine;
}
