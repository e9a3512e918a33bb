/**
 * Those who run the connector, before its consoles: from the first log-in and the approval of the first plan to a call and
 * its dead letters. The tests go on where the one before them ended.
 */
/// <reference lib="dom" />
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faults, narrow, Visit, wide } from './browser.ts';
import { agentsAndCalls } from './calls.ts';
import { seldom } from './seldom.ts';
import { active, browser, endStage, picture, proxy, startStage, tabTo, visitOf, world } from './stage.ts';

beforeAll(startStage);
afterAll(endStage);

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
    await visit.end();
  });

  it('shows in the audit what an operator did, and from where', async () => {
    const visit = await visitOf('excs', 'reader');
    const { page } = visit;
    await visit.go('#/audit');
    for (const what of ['Synchronisation paused', 'Synchronisation resumed']) {
      const row = page.getByRole('row').filter({ hasText: what });
      await row.first().waitFor();
      expect(await row.count()).toBe(1);
      const cells = await row.locator('td').allTextContents();
      expect(cells[2]).toMatch(/127\.0\.0\.1$/);
      expect(cells[4]).toBe('done 200');
      expect(cells[5]).toMatch(/\S/);
    }
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
    proxy.back('excs');
    await page.waitForFunction(() => document.querySelector('[data-state="away"]') === null);
    await visit.end();
  });
});

describe('EXAS and EXCP', agentsAndCalls);

describe('what seldom happens', seldom);

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
        if (where === 'excs overview' && scheme === 'light')
          await picture(visit, width < 1000 ? 'narrow' : 'overview');
      }
      await visit.end();
    }
  });

  it('keeps to its policy and to its origin, and has no error', () => {
    expect(faults).toEqual([]);
  });
});
