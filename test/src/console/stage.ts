/** One world for all console tests: the services of a demo behind a proxy, a browser, and hands that reach into both. */
/// <reference lib="dom" />
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Browser } from 'playwright-core';
import { request } from 'undici';
import { expect } from 'vitest';
import { Cleanup, startWorld, type World } from '../demo/world.ts';
import { faults, startBrowser, Visit } from './browser.ts';
import { PrefixProxy } from './prefix-proxy.ts';

const shots = process.env.EXEC_CONSOLE_SHOTS === '1';
const pictures = fileURLToPath(new URL('../../../docs/guide/console/', import.meta.url));
const cleanup = new Cleanup();
export let world: World;
export let proxy: PrefixProxy;
export let browser: Browser;

export async function startStage(): Promise<void> {
  const options = { agents: 40, calls: 40, budget: 6_000, seed: 1, review: 'first' } as const;
  world = await startWorld(options, cleanup, {
    step: () => {},
    died: (name, how) => faults.push(`${name} ended: ${how}`),
  });
  const { excs, exas, excp1, excp2 } = world.services;
  proxy = await PrefixProxy.start({ excs: excs.url, exas: exas.url, excp1: excp1.url, excp2: excp2.url });
  cleanup.add(() => proxy.stop());
  browser = await startBrowser();
  cleanup.add(() => browser.close());
  if (shots) await mkdir(pictures, { recursive: true });
}

export function endStage(): Promise<void> {
  return cleanup.end();
}

/** A visit of somebody who is logged in. */
export async function visitOf(
  service: string,
  right: 'operator' | 'reader' = 'operator',
  o: Parameters<typeof Visit.begin>[2] = {},
): Promise<Visit> {
  const visit = await Visit.begin(browser, proxy.base(service), o);
  await visit.open();
  await visit.logIn(world.tokens[right]);
  return visit;
}

export async function picture(visit: Visit, name: string): Promise<void> {
  if (shots) await visit.page.screenshot({ path: `${pictures}${name}.png` });
}

/** Which instance of EXCP works. */
export async function active(): Promise<'excp1' | 'excp2'> {
  for (;;)
    for (const name of ['excp1', 'excp2'] as const)
      if ((await world.services[name].readiness()).active === true) return name;
}

/** Presses Tab until what has the name or label has the focus. */
export async function tabTo({ page }: Visit, name: string): Promise<void> {
  for (let step = 0; step < 200; step++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      return (element?.closest('label') ?? element)?.textContent?.trim() ?? '';
    });
    if (focused === name) return;
  }
  throw new Error(`the keyboard does not reach ${name}`);
}

export async function ready(name: 'exas' | 'excp1' | 'excp2'): Promise<void> {
  await expect
    .poll(async () => (await world.services[name].readiness()).ready, { timeout: 120_000 })
    .toBe(true);
}

export async function sql(text: string, values: unknown[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: world.stores.database });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** A conversation that fits, with what became of its events; as soon as there is one. */
export async function conversationWith(
  name: 'excp1' | 'excp2',
  query: string,
  fits: (text: string) => boolean,
): Promise<string> {
  const service = world.services[name];
  for (;;) {
    const { items } = await service.get<{ items: readonly { callUuid: string }[] }>(
      `/api/v1/conversations?sort=newest&${query}`,
    );
    for (const { callUuid } of items) {
      // It may be forgotten meanwhile.
      const one = await service
        .get<object>(`/api/v1/conversations/${callUuid}?events=true`)
        .catch(() => undefined);
      if (one !== undefined && fits(JSON.stringify(one))) return callUuid;
    }
  }
}

export async function control(method: 'POST' | 'DELETE', path: string, body?: object): Promise<void> {
  const { statusCode } = await request(`${world.cloud.url}/__control/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (statusCode !== 200) throw new Error(`the fake cloud answered ${statusCode}`);
}
