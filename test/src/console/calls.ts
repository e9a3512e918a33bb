/** Agents and calls of a day, in the consoles of EXAS and EXCP. */
/// <reference lib="dom" />
import { expect, it } from 'vitest';
import { codesOf, programmeFor } from '../demo/programme.ts';
import { active, control, conversationWith, picture, ready, visitOf, world } from './stage.ts';

export function agentsAndCalls(): void {
  it('show agents and calls of a day, with events that the cloud refused', async () => {
    for (const name of ['exas', 'excp1', 'excp2'] as const) await ready(name);
    const fault = { kind: 'event-errors', retryable: false, match: { kinds: ['holdUpdated'] } };
    await control('POST', 'faults', { times: null, fault });
    const shown = ['consult-completed', 'transfer-to-agent', 'hold'];
    const programme = programmeFor({
      first: {
        agents: world.programme.agents,
        queues: world.expectation.queues.filter((queue) => queue.switch === world.anAgent.site).length,
      },
      longestMs: 60_000,
      // The contact centre is small: what a later test looks for goes first.
      order: (playable) =>
        playable.toSorted(
          (one, other) => Number(shown.includes(other.name)) - Number(shown.includes(one.name)),
        ),
    });
    expect(programme.names).toEqual(expect.arrayContaining(shown));
    const codes = world.expectation.wrapupCodes.map(({ name }) => name);
    void world.engage
      .playDay({
        ...{ seed: 1, calls: 40, agents: world.working - world.programme.agents },
        ...{ durationMs: 240_000, wrapupCodes: codes },
      })
      .catch(() => undefined);
    void world.engage
      .playScenarios({
        ...{ names: [...programme.names], everyMs: 500 },
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
    await page.getByRole('button', { name: 'Show the numbers of this call' }).click();
    await page.waitForFunction(
      () => document.body.textContent?.includes('Show the numbers of this call') !== true,
    );
    await visit.end();
  });

  it.each([
    ['consultation', /"consult":true/, /"event":"consultTransferEvents"[^}]*"target"/, '.span.consult'],
    ['transfer', /"legs"/, /"event":"userTransferEvents"[^}]*"target"/, '.span.talking'],
  ])('draw a %s on the legs of those who take part', async (kind, leg, event, span) => {
    const name = await active();
    const call = await conversationWith(name, 'limit=100', (text) => leg.test(text) && event.test(text));
    const visit = await visitOf(name, 'reader');
    const { page } = visit;
    await visit.go(`#/conversations/${call}`);
    await page.locator(`.chart .handover.${kind}`).nth(1).waitFor({ state: 'attached' });
    await page.locator(`.chart ${span}`).first().waitFor({ state: 'attached' });
    const said = kind === 'transfer' ? /Transfer to Agent/ : /Consultation to/;
    await page.getByRole('img', { name: said }).first().waitFor();
    await picture(visit, kind);
    await visit.end();
  });

  it('show a call while an agent talks', async () => {
    const name = await active();
    const talks = /"kind":"user"[^}]*"answeredAt"[^}]*"state":"connected"/;
    const visit = await visitOf(name, 'reader');
    const { page } = visit;
    const talking = page.locator('.chart .span.talking').first();
    const forgotten = page.locator('[data-state="refused"]').first();
    for (;;) {
      const call = await conversationWith(name, 'state=open&limit=100', (text) => talks.test(text));
      await visit.go(`#/conversations/${call}`);
      await talking.or(forgotten).first().waitFor({ state: 'attached' });
      if ((await talking.count()) > 0) break;
      // The call has ended before the page was there: another one goes on.
    }
    await picture(visit, 'conversation');
    await visit.end();
  });

  it('say why the cloud refused an event', async () => {
    const name = await active();
    const refused = /"event":"holdUpdatedEvents"[^}]*"state":"refused"[^}]*"reason":"([^"]+)"/;
    let reason = '';
    const call = await conversationWith(name, 'limit=100', (text) => {
      reason = refused.exec(text)?.[1] ?? '';
      return reason !== '';
    });
    const visit = await visitOf(name, 'reader');
    await visit.go(`#/conversations/${call}`);
    const row = visit.page.getByRole('row').filter({ hasText: 'refused' }).first();
    await row.waitFor();
    expect(await row.locator('td').last().textContent()).toBe(reason);
    expect(reason).not.toContain('see the dead letters');
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
}
