/**
 * Those who run the connector, before its consoles: from the first log-in and the approval of the first plan to a call and
 * its dead letters. The tests go on where the one before them ended.
 */
/// <reference lib="dom" />
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codesOf } from '../demo/programme.ts';
import { Cleanup, startWorld, type World } from '../demo/world.ts';
import { faults, narrow, startBrowser, Visit, wide } from './browser.ts';
import { PrefixProxy } from './prefix-proxy.ts';

const shots = process.env.EXEC_CONSOLE_SHOTS === '1';
const pictures = fileURLToPath(new URL('../../../docs/guide/console/', import.meta.url));
const cleanup = new Cleanup();
let world: World;
let proxy: PrefixProxy;
let browser: Browser;

beforeAll(async () => {
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
});
afterAll(() => cleanup.end());

/** A visit of somebody who is logged in. */
async function visitOf(
  service: string,
  right: 'operator' | 'reader' = 'operator',
  o: Parameters<typeof Visit.begin>[2] = {},
): Promise<Visit> {
  const visit = await Visit.begin(browser, proxy.base(service), o);
  await visit.open();
  await visit.logIn(world.tokens[right]);
  return visit;
}

async function picture(visit: Visit, name: string): Promise<void> {
  if (shots) await visit.page.screenshot({ path: `${pictures}${name}.png` });
}

/** Which instance of EXCP works. */
async function active(): Promise<'excp1' | 'excp2'> {
  for (;;)
    for (const name of ['excp1', 'excp2'] as const)
      if ((await world.services[name].readiness()).active === true) return name;
}

describe('EXCS', () => {
  it('refuses a wrong token and takes a right one', async () => {
    const visit = await Visit.begin(browser, proxy.base('excs'));
    await visit.open();
    const { page } = visit;
    await page.getByRole('heading', { name: 'EXCS: log in' }).waitFor();
    await picture(visit, 'log-in');
    await page.getByLabel('Token').fill('a-token-that-nobody-has-given');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').getByText('This token is not known here.').waitFor();
    await visit.logIn(world.tokens.operator);
    expect(await page.evaluate(() => document.cookie)).toBe('');
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'EXCS: log in' }).waitFor();
    await visit.end();
  });

  it('shows a reader the plan that waits, and no button to approve it', async () => {
    const visit = await visitOf('excs', 'reader');
    const { page } = visit;
    await visit.go('#/plan');
    await page.locator('[data-state="waits"]').waitFor();
    await page.locator('[data-state="read-only"]').waitFor();
    await visit.atRest();
    await page.getByRole('table').waitFor();
    expect(await page.getByRole('button', { name: /approve|allow|pause|resume/i }).count()).toBe(0);
    await visit.end();
  });

  it('groups the plan by kind, with a filter', async () => {
    const visit = await visitOf('excs');
    const { page } = visit;
    await visit.go('#/plan');
    const users = page.locator('.groups').getByRole('link', { name: /^Users / });
    await users.waitFor();
    await picture(visit, 'plan');
    await users.click();
    await page.waitForFunction(() => location.hash.includes('kind=user'));
    await page
      .getByRole('cell', { name: /user create/ })
      .first()
      .waitFor();
    await page.getByLabel('What').selectOption('-');
    await page.getByText('No operation of this plan fits.').waitFor();
    await visit.end();
  });

  it('takes an approval by keyboard alone, and only with the numbers of the plan', async () => {
    const visit = await Visit.begin(browser, proxy.base('excs'));
    const { page } = visit;
    await visit.open();
    await page.getByLabel('Token').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.type(world.tokens.operator);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await tabTo(visit, 'Plan');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Approve this plan…' }).waitFor();
    await tabTo(visit, 'Approve this plan…');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    const confirm = dialog.getByRole('button', { name: 'Approve and apply' });
    expect(await confirm.isDisabled()).toBe(true);
    const labels = await dialog.locator('label span').allTextContents();
    for (const label of labels) {
      await tabTo(visit, label);
      await page.keyboard.type(label.replace(/^.*: /, '').replaceAll(',', ''));
    }
    await picture(visit, 'approve');
    expect(await confirm.isDisabled()).toBe(false);
    await page.keyboard.press('Enter');
    await page
      .getByRole('status')
      .getByText(/is approved/)
      .waitFor();
    // The plan is carried out.
    await page.locator('.pill', { hasText: 'In step' }).waitFor({ timeout: 180_000 });
    await visit.end();
  });

  it('pauses and resumes', async () => {
    const visit = await visitOf('excs');
    const { page } = visit;
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.locator('.pill', { hasText: 'Paused' }).waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.locator('.pill', { hasText: 'In step' }).waitFor();
    await picture(visit, 'excs-overview');
    await visit.end();
  });

  it('shows a conflict with the path of its object in Engage and what to do', async () => {
    const visit = await visitOf('excs');
    const { page } = visit;
    await visit.go('#/conflicts');
    const row = page.getByRole('row').nth(1);
    await row.waitFor();
    expect(await row.locator('.path').textContent()).toMatch(/\S/);
    expect(await row.locator('strong').textContent()).toMatch(/\.$/);
    await picture(visit, 'conflicts');
    await visit.end();
  });

  it('looks up a mapping', async () => {
    const visit = await visitOf('excs', 'reader');
    const { page } = visit;
    await visit.go('#/look-up');
    const [employeeId = ''] = world.actors;
    await page.getByLabel('Employee ID', { exact: true }).fill(employeeId);
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.locator('dt', { hasText: 'userId' }).waitFor();
    await picture(visit, 'look-up');
    await page.getByLabel('Employee ID', { exact: true }).fill('nobody');
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.getByText('It is not mapped').waitFor();
    await visit.end();
  });

  it('is away and back, and keeps showing what was true', async () => {
    const visit = await visitOf('excs');
    const { page } = visit;
    await visit.atRest();
    proxy.away('excs');
    await page.locator('[data-state="away"]').first().waitFor();
    expect(await page.getByRole('heading', { name: 'Synchronisation' }).count()).toBe(1);
    await picture(visit, 'away');
    proxy.back('excs');
    await page.waitForFunction(() => document.querySelector('[data-state="away"]') === null);
    await visit.end();
  });
});

describe('EXAS and EXCP', () => {
  it('show agents and calls of a day, with events that the cloud refused', async () => {
    for (const name of ['exas', 'excp1', 'excp2'] as const) await ready(name);
    const fault = { kind: 'event-errors', retryable: false, match: { kinds: ['holdUpdated'] } };
    await control('POST', 'faults', { times: null, fault });
    const codes = world.expectation.wrapupCodes.map(({ name }) => name);
    void world.engage
      .playDay({
        ...{ seed: 1, calls: 40, agents: world.working - world.programme.agents },
        ...{ durationMs: 240_000, wrapupCodes: codes },
      })
      .catch(() => undefined);
    void world.engage
      .playScenarios({
        ...{ names: [...world.programme.names], everyMs: 500 },
        ...{ firstAgent: world.working - world.programme.agents, codes: codesOf(codes) },
      })
      .catch(() => undefined);
    const visit = await visitOf('exas', 'reader');
    const { page } = visit;
    await visit.go('#/agents');
    const inStep = page.getByRole('row').filter({ hasText: 'In step' });
    await inStep.first().waitFor();
    await picture(visit, 'agents');
    const link = inStep.first().getByRole('link');
    const employeeId = (await link.textContent()) ?? '';
    await page.getByLabel('Employee ID or user ID').fill(employeeId);
    await page.waitForFunction(() => document.querySelector('caption')?.textContent === '1 agent');
    await page.getByLabel('Show').selectOption('stale');
    await page.getByText('No agent fits.').waitFor();
    await visit.go(`#/agents/${encodeURIComponent(employeeId)}`);
    await page.getByRole('heading', { name: `Agents: ${employeeId}` }).waitFor();
    await page.getByRole('cell', { name: 'accepted' }).first().waitFor();
    await picture(visit, 'agent');
    await visit.end();
  });

  it('show a call as a time line of its legs, found by its agent', async () => {
    const visit = await visitOf(await active());
    const { page } = visit;
    await visit.go('#/conversations');
    const row = page
      .getByRole('row')
      .filter({ hasText: /Open|Over/ })
      .filter({ has: page.locator('td:nth-child(5):not(:text-is("–"))') });
    await row.first().waitFor();
    await picture(visit, 'conversations');
    const agents = (await row.first().locator('td').nth(4).textContent()) ?? '';
    const [agent = ''] = agents.split(', ');
    await page.getByRole('searchbox').fill(agent);
    await page.waitForFunction((q) => location.hash.includes(`q=${encodeURIComponent(q)}`), agent);
    await visit.atRest();
    await row.first().getByRole('link').click();
    await page
      .getByRole('img', { name: /^Agent / })
      .first()
      .waitFor();
    expect(await page.locator('.chart rect.span').count()).toBeGreaterThan(1);
    await page.locator('.chart .mark.accepted').first().waitFor({ state: 'attached' });
    await picture(visit, 'conversation');
    await page.getByRole('button', { name: 'Show the numbers of this call' }).click();
    await page.waitForFunction(
      () => document.body.textContent?.includes('Show the numbers of this call') !== true,
    );
    await visit.end();
  });

  it('retry a dead letter, and drop the others of the page at once', async () => {
    const visit = await visitOf(await active());
    const { page } = visit;
    await visit.go('#/dead-letters');
    await page.getByRole('row').nth(1).waitFor({ timeout: 120_000 });
    await picture(visit, 'dead-letters');
    await control('DELETE', 'faults');
    await page
      .getByRole('checkbox', { name: /^Choose/ })
      .first()
      .check();
    await page.getByRole('button', { name: 'Retry 1…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Retry' }).click();
    const notice = page.locator('[data-state="notice"]');
    await notice.waitFor();
    // Sent again, or its conversation is over by now: either is told.
    expect(await notice.textContent()).toMatch(/^1 to be sent again|conversation/);
    await page.getByLabel('All of this page').check();
    await page.getByRole('button', { name: /^Drop \d+…$/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drop' }).click();
    await notice.getByText(/dropped/).waitFor();
    await visit.end();
  });
});

describe('every page', () => {
  const pagesOf = {
    excs: ['overview', 'plan', 'conflicts', 'orphans', 'runs', 'look-up', 'audit'],
    exas: ['overview', 'agents', 'audit'],
    excp: ['overview', 'conversations', 'dead-letters', 'quarantine', 'gaps', 'audit'],
  };
  const rows = (['light', 'dark'] as const).flatMap((scheme) =>
    [narrow, wide].map((size) => [scheme, size.width, size] as const),
  );

  it.each(rows)('is accessible and fits, %s at %d px', async (scheme, width, size) => {
    for (const [service, pages] of Object.entries(pagesOf)) {
      const name = service === 'excp' ? await active() : service;
      const visit = await visitOf(name, 'operator', { size, scheme });
      for (const of of pages) {
        await visit.go(`#/${of}`);
        await visit.atRest();
        const where = `${service} ${of}`;
        expect([where, await visit.findings(), await visit.overflows()]).toEqual([where, [], false]);
        const isPictured = scheme === 'dark' ? of === 'overview' && width > 1000 : width > 1000;
        if (isPictured) await picture(visit, `${service}-${of}${scheme === 'dark' ? '-dark' : ''}`);
        if (scheme === 'light' && width < 1000 && of === 'overview')
          await picture(visit, `${service}-${of}-narrow`);
      }
      await visit.end();
    }
  });

  it('keeps to its policy and to its origin, and has no error', () => {
    expect(faults).toEqual([]);
  });
});

/** Presses Tab until what has the name or label has the focus. */
async function tabTo({ page }: Visit, name: string): Promise<void> {
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

async function ready(name: 'exas' | 'excp1' | 'excp2'): Promise<void> {
  await expect
    .poll(async () => (await world.services[name].readiness()).ready, { timeout: 120_000 })
    .toBe(true);
}

async function control(method: 'POST' | 'DELETE', path: string, body?: object): Promise<void> {
  const { statusCode } = await request(`${world.cloud.url}/__control/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (statusCode !== 200) throw new Error(`the fake cloud answered ${statusCode}`);
}
