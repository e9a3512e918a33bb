/** What a good day does not show: quarantine, a gap, an orphan, a plan beyond a limit. */
/// <reference lib="dom" />
import { Formats } from '@exec/common/formats';
import { wallMs } from '@exec/common/instants';
import { excpKeys, writeEntry, writeGap } from '@exec/excp/testing';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { active, picture, sql, visitOf, world } from './stage.ts';

export function seldom(): void {
  const formats = new Formats();
  const stored = () => {
    const client = new Redis(world.stores.redis);
    return { client, keys: excpKeys(world.stores.keys), end: () => client.quit() };
  };

  it('is set aside in the quarantine, and dropped', async () => {
    const { site, dn, loginCode } = world.anAgent;
    const call = 'BAD0000000000000000000000000BAD0';
    // Microseconds in place of seconds, past the wire: no time that the cloud can name.
    const of = { site, at: Date.now() * 1e9, call };
    const leg = { kind: 'party-added', ...of, state: 'Connected' };
    const { client, keys, end } = stored();
    for (const content of [
      { kind: 'call-created', ...of, type: 'Inbound', ani: '+49301' },
      { ...leg, party: 'P1', dn: '+49301', type: 'External' },
      { ...leg, party: 'P2', dn, type: 'Extension', agentId: loginCode },
    ])
      await client.xadd(
        keys.in,
        '*',
        'e',
        writeEntry(formats, { received: wallMs(Date.now()), content: content as never }),
      );
    await end();
    const visit = await visitOf(await active());
    const { page } = visit;
    await visit.go('#/quarantine');
    const row = page.getByRole('row').filter({ hasText: call });
    await row.first().waitFor();
    expect(await row.first().textContent()).toContain('Invalid time value');
    await picture(visit, 'quarantine');
    await page.getByLabel('All of this page').check();
    await page.getByRole('button', { name: /^Drop \d+…$/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Drop' }).click();
    await page
      .locator('[data-state="notice"]')
      .getByText(/dropped/)
      .waitFor();
    await page.getByText('The quarantine is empty.').waitFor();
    await visit.go('#/audit');
    await page
      .getByRole('row')
      .filter({ hasText: /of the quarantine dropped/ })
      .first()
      .waitFor();
    await picture(visit, 'audit');
    await visit.end();
  });

  it('is a gap, with how long nobody heard of a site', async () => {
    const { client, keys, end } = stored();
    const to = Date.now() - 60_000;
    const gap = { site: world.anAgent.site, connection: 'calls', why: 'not-watched' } as const;
    await client.lpush(keys.gaps, writeGap(formats, { ...gap, from: wallMs(to - 95_000), to: wallMs(to) }));
    await end();
    const visit = await visitOf(await active(), 'reader');
    const { page } = visit;
    await visit.go('#/gaps');
    const row = page.getByRole('row').filter({ hasText: gap.site });
    await row.first().waitFor();
    const cells = await row.first().locator('td').allTextContents();
    expect(cells.slice(3)).toEqual([gap.site, 'calls', 'No instance was connected']);
    await picture(visit, 'gaps');
    await visit.end();
  });

  it('is an orphan: a skill that has gone in Engage and stays in the cloud', async () => {
    const mapped = world.expectation.skills.map(({ dbid }) => dbid);
    const [skill] = await sql(
      'SELECT s.dbid, s.name FROM cfg_skill s LEFT JOIN cfg_skill_level l ON l.skill_dbid = s.dbid WHERE s.dbid = ANY($1) GROUP BY s.dbid, s.name ORDER BY count(l.*) LIMIT 1',
      [mapped],
    );
    await sql('UPDATE cfg_skill SET state = 2 WHERE dbid = $1', [skill?.dbid]);
    const visit = await visitOf('excs', 'reader');
    const { page } = visit;
    await visit.go('#/orphans');
    const row = page.getByRole('row').filter({ hasText: String(skill?.name) });
    await row.first().waitFor();
    await picture(visit, 'orphans');
    await visit.end();
  });

  it('is a plan that a limit stopped, and its allowance with the numbers of the plan', async () => {
    const leavers = world.expectation.users.slice(-8).map(({ dbid }) => dbid);
    await sql('DELETE FROM cfg_person WHERE dbid = ANY($1)', [leavers]);
    const reader = await visitOf('excs', 'reader');
    await reader.go('#/plan');
    await reader.page.locator('[data-state="stopped"]').waitFor();
    expect(await reader.page.getByRole('button', { name: /allow/i }).count()).toBe(0);
    await reader.end();
    const visit = await visitOf('excs');
    const { page } = visit;
    await visit.go('#/plan');
    await page.locator('[data-state="stopped"]').waitFor();
    await page.getByText('Beyond the limit').waitFor();
    await page.getByRole('button', { name: 'Allow this one plan…' }).click();
    const dialog = page.getByRole('dialog');
    const confirm = dialog.getByRole('button', { name: 'Allow and apply' });
    expect(await confirm.isDisabled()).toBe(true);
    const labels = await dialog.locator('label span').allTextContents();
    expect(labels).toContain('Users that are set inactive: 8');
    for (const label of labels)
      await dialog.getByLabel(label).fill(label.replace(/^.*: /, '').replaceAll(',', ''));
    await picture(visit, 'allow');
    await confirm.click();
    await page
      .getByRole('status')
      .getByText(/is allowed beyond its limits/)
      .waitFor();
    await page.locator('.pill', { hasText: 'In step' }).waitFor({ timeout: 180_000 });
    await visit.go('#/runs');
    await page.getByRole('row').filter({ hasText: 'apply' }).first().waitFor();
    await picture(visit, 'runs');
    await visit.end();
  });
}
