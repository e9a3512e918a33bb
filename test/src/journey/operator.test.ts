/**
 * The operator's daily work against services that run: each command of EXOP goes over real SSH to real services, which work
 * against PostgreSQL, Redis, the fake cloud and the simulators of Engage. In place of a container engine stands one that
 * runs each service from its source.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { agentAnswer } from '@exec/common/answers/agents';
import {
  conversationAnswer,
  deadLetterAnswer,
  gapAnswer,
  quarantineEntryAnswer,
} from '@exec/common/answers/conversations';
import { agentMappingAnswer } from '@exec/common/answers/mappings';
import { planAnswer } from '@exec/common/answers/plan';
import { conflictAnswer, orphanAnswer, runAnswer, syncAnswer } from '@exec/common/answers/sync';
import { Formats } from '@exec/common/formats';
import { wallMs } from '@exec/common/instants';
import { KeySpace } from '@exec/common/redis';
import { excpKeys, writeEntry, writeGap } from '@exec/excp/testing';
import { type Called, Fleet } from '@exec/exop/testing';
import { testDatabase, testRedis } from '@exec/testing/vitest';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { E2eSite } from '../e2e/site.ts';
import { SourceEngine } from './source-engine.ts';

const limit = 900_000;
const patience = { timeout: 180_000, interval: 500 };
const token = 'token-of-the-operator-in-this-test';

let world: E2eSite;
let fleet: Fleet;
let database: string;
const store = testRedisOnce();

/** The same for the world and for what this test puts into it. */
function testRedisOnce(): () => ReturnType<typeof testRedis> {
  let one: ReturnType<typeof testRedis> | undefined;
  return () => {
    one ??= testRedis();
    return one;
  };
}

beforeAll(async () => {
  database = (await testDatabase()).url;
  world = await E2eSite.start(store(), database);
  fleet = await Fleet.start(() => new SourceEngine());
  const [excs, exas, excp] = (['excs', 'exas', 'excp'] as const).map((service) => world.environment(service));
  await fleet.writeEnv({
    ...{ READY_TIMEOUT_SECONDS: '120', API_TOKEN: token, ENGAGE_APP_PASSWORD: undefined },
    ...{ ORG_ID: excs?.ORG_ID, TENANT_ID: excs?.TENANT_ID, REDIS_URL: excs?.REDIS_URL },
    REDIS_KEY_PREFIX: excs?.REDIS_KEY_PREFIX,
    GENESYS_CLOUD_ALLOWED_HOSTS: excs?.GENESYS_CLOUD_ALLOWED_HOSTS,
    GENESYS_CLOUD_CHECK_HOSTS: new URL(excs?.GENESYS_CLOUD_ALLOWED_HOSTS ?? '').host,
    GENESYS_CLOUD_REQUESTS_PER_MINUTE: '60000',
    ...{ CONFIG_DB_URL: excs?.CONFIG_DB_URL, SYNC_FOLDER: excs?.SYNC_FOLDER, SYNC_INTERVAL_SECONDS: '1' },
    ...{ STAT_SERVER_PRIMARY: exas?.STAT_SERVER_PRIMARY, TENANT_NAME: exas?.TENANT_NAME },
    ...{ SIP_SERVER_PRIMARY: excp?.SIP_SERVER_PRIMARY, SWITCH_NAME: excp?.SWITCH_NAME },
  });
  // A person without any address: a conflict.
  await sql("UPDATE cfg_person SET email_address = NULL, user_name = 'nobody' WHERE dbid = $1", [
    loser().dbid,
  ]);
}, limit);

afterAll(async () => {
  await fleet?.stop();
  await world?.close();
}, limit);

async function sql(text: string, values: readonly unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  await client.query(text, [...values]);
  await client.end();
}

const atWork = () => world.centre.agentsAtWork();
function loser() {
  const [agent] = atWork().toReversed();
  if (agent === undefined) throw new Error('nobody is at work');
  return agent;
}

/** A command, then the same with `--json`, whose answer has the form that the schema says. */
async function given<S extends z.ZodType>(
  args: readonly string[],
  code: number,
  shape: S,
): Promise<{ readonly text: string; readonly json: z.output<S> }> {
  const called = await fleet.call(...args);
  expect(called.code, said(args, called)).toBe(code);
  return { text: called.stdout, json: await jsonOf(args, code, shape) };
}

async function jsonOf<S extends z.ZodType>(args: readonly string[], code: number, shape: S) {
  const called = await fleet.call(...args, '--json');
  expect(called.code, said(args, called)).toBe(code);
  const answer = JSON.parse(called.stdout) as { readonly ok: boolean; readonly command: string };
  expect(answer).toMatchObject({ ok: code === 0 });
  expect(args.join(' ')).toMatch(new RegExp(`^${args[0]}`));
  return shape.parse(answer);
}

function said(args: readonly string[], { stdout, stderr }: Called): string {
  return `${args.join(' ')}\n${stdout}\n${stderr}`;
}

const sync = z.object({ sync: syncAnswer });

async function stateOf(): Promise<z.output<typeof syncAnswer>> {
  return (await jsonOf(['sync'], 0, sync)).sync;
}

describe('the operator of services that run', () => {
  it(
    'deploys them, and is told that the first plan waits',
    async () => {
      const deployed = await fleet.call('deploy', '--yes');
      expect(deployed.code, said(['deploy'], deployed)).toBe(0);
      expect(deployed.stdout).toContain('exop sync approve');
      const { text, json } = await given(['sync'], 0, sync);
      expect(text).toMatch(/^state +waiting-for-approval$/m);
      expect(json.sync.review).toMatchObject({ reason: 'first-plan' });
    },
    limit,
  );

  it(
    'reads the plan and the conflicts, and approves what was read',
    async () => {
      const { text, json } = await given(['sync', 'plan'], 2, z.object({ plan: planAnswer }));
      const { planId, operations } = json.plan;
      expect(operations.length).toBeGreaterThan(20);
      expect(text).toContain(`To approve it: exop sync approve ${planId}`);
      const conflicts = await given(
        ['sync', 'conflicts'],
        0,
        z.object({ conflicts: z.array(conflictAnswer) }),
      );
      expect(conflicts.json.conflicts).toMatchObject([{ reason: 'person.no-email', dbid: loser().dbid }]);
      expect(conflicts.text).toContain('What to do: ');
      const wrong = await fleet.call('sync', 'approve', 'of-another-day');
      expect(wrong.code).toBe(1);
      expect(wrong.stderr).toContain('plan.changed');
      const approved = await jsonOf(['sync', 'approve', planId], 0, z.object({ run: runAnswer }));
      expect(approved.run).toMatchObject({ mode: 'apply' });
      await vi.waitFor(async () => {
        const { state, counts, review } = await stateOf();
        // On a busy machine EXCS may lose its lease before it has begun: then the plan waits for the person again.
        if (review !== null) await fleet.call('sync', 'approve', review.planId);
        expect(state).toBe('idle');
        // All but the one in conflict.
        expect(counts?.users).toBe((counts?.persons ?? 0) - 1);
      }, patience);
      expect((await fleet.call('sync', 'plan')).code).toBe(0);
    },
    limit,
  );

  it(
    'pauses and resumes',
    async () => {
      await given(['sync', 'pause'], 0, z.object({ paused: z.literal(true) }));
      // It is noted between two cycles.
      await vi.waitFor(async () => {
        expect(await stateOf()).toMatchObject({ paused: true, stopped: { reason: 'paused' } });
      }, patience);
      await given(['sync', 'resume'], 0, z.object({ paused: z.literal(false) }));
      await vi.waitFor(async () => expect(await stateOf()).toMatchObject({ state: 'idle' }), patience);
    },
    limit,
  );

  it(
    'sees an orphan',
    async () => {
      const [skill] = [...world.centre.store.rows('cfg_skill')].filter(({ state }) => state === 1);
      await sql('UPDATE cfg_skill SET state = 2 WHERE dbid = $1', [skill?.dbid]);
      await vi.waitFor(async () => expect((await stateOf()).orphans).toBe(1), patience);
      const { json, text } = await given(
        ['sync', 'orphans'],
        0,
        z.object({ orphans: z.array(orphanAnswer) }),
      );
      expect(json.orphans).toMatchObject([{ type: 'skill', dbid: skill?.dbid }]);
      expect(text).toContain(String(skill?.name));
    },
    limit,
  );

  it(
    'accepts a table that is empty on purpose, and no table that nobody has read',
    async () => {
      await sql('DELETE FROM cfg_enumerator_value', []);
      await vi.waitFor(async () => {
        expect(await stateOf()).toMatchObject({ stopped: { reason: 'read-refused' } });
      }, patience);
      const { stopped } = await stateOf();
      expect(stopped?.detail).toContain('cfg_enumerator_value');
      const unknown = await fleet.call('sync', 'accept-empty-table', 'cfg_nothing');
      expect(unknown.code).toBe(1);
      expect(unknown.stderr).toContain('table.not-known');
      await given(
        ['sync', 'accept-empty-table', 'cfg_enumerator_value'],
        0,
        z.object({ accepted: z.object({ table: z.string() }) }),
      );
      await vi.waitFor(async () => expect((await stateOf()).stopped).toBeNull(), patience);
    },
    limit,
  );

  it(
    'allows one plan beyond a limit, by its numbers',
    async () => {
      const leavers = atWork()
        .slice(0, 8)
        .map(({ dbid }) => dbid);
      await sql('DELETE FROM cfg_person WHERE dbid = ANY($1)', [leavers]);
      await vi.waitFor(async () => {
        expect(await stateOf()).toMatchObject({ state: 'stopped', stopped: { reason: 'limit' } });
      }, patience);
      const newest = async () => {
        const { plan } = await jsonOf(['sync', 'plan'], 2, z.object({ plan: planAnswer }));
        return { planId: plan.planId, deactivations: plan.counts['user.deactivate'] ?? 0 };
      };
      const { planId, deactivations } = await newest();
      expect(deactivations).toBeGreaterThan(5);
      const none = await fleet.call('sync', 'allow', planId);
      expect(none.code).toBe(2);
      const other = await fleet.call(
        ...['sync', 'allow', 'of-another-day', '--deactivations', `${deactivations}`],
      );
      expect(other.code).toBe(1);
      const allow = (id: string, number: number) =>
        jsonOf(['sync', 'allow', id, '--deactivations', `${number}`], 0, z.object({ run: runAnswer }));
      await allow(planId, deactivations);
      await vi.waitFor(async () => {
        const { state } = await stateOf();
        // As with the approval: if the lease was lost before it has begun, the plan is stopped again.
        if (state === 'stopped') {
          const again = await newest();
          await allow(again.planId, again.deactivations);
        }
        expect(state).toBe('idle');
      }, patience);
    },
    limit,
  );
});

describe('agents and calls of services that run', () => {
  it(
    'shows an agent on either side',
    async () => {
      const [agent] = atWork().slice(9);
      const shape = z.object({ mapped: agentMappingAnswer, watched: agentAnswer });
      await vi.waitFor(async () => {
        expect((await fleet.call('agent', agent?.employeeId ?? '')).code).toBe(0);
      }, patience);
      const { json, text } = await given(['agent', agent?.employeeId ?? ''], 0, shape);
      expect(json.mapped.dbid).toBe(agent?.dbid);
      expect(text).toMatch(/in Engage +\S/);
      const nobody = await fleet.call('agent', 'nobody-has-this-id', '--json');
      expect(nobody.code).toBe(1);
      expect(nobody.stdout).toContain('mapping.not-found');
    },
    limit,
  );

  it(
    'shows a call, and decides about its dead letters',
    async () => {
      world.cloud.faults.inject({
        operation: 'postEventsConversations',
        times: 1_000,
        fault: { kind: 'event-errors', retryable: false, match: { kinds: ['holdUpdated'] } },
      });
      await world.engage.playScenarios({
        ...{ names: ['hold'], times: 1, everyMs: 0, speed: 5, codes: {}, firstAgent: 9 },
      });
      // The agent holds and retrieves twice: whatever came later could not be dropped with the others.
      const listed = () => jsonOf(['dead-letters'], 0, z.object({ items: z.array(deadLetterAnswer) }));
      const [letter, ...others] = await vi.waitFor(async () => {
        const { items } = await listed();
        expect(items.length).toBeGreaterThan(3);
        return items;
      }, patience);
      expect((await fleet.call('dead-letters')).stdout).toContain('holdUpdatedEvents');
      const { json } = await given(
        ['call', letter?.callUuid ?? ''],
        0,
        z.object({ conversation: conversationAnswer }),
      );
      expect(json.conversation.legs.length).toBeGreaterThan(0);
      expect((await fleet.call('call', 'no-such-call')).code).toBe(1);
      const results = z.object({ results: z.array(z.object({ id: z.string(), ok: z.boolean() })) });
      const retried = await fleet.call('dead-letters', 'retry', letter?.id ?? '', '--json');
      // Its conversation is over, or not yet: either is said.
      expect(results.parse(JSON.parse(retried.stdout)).results).toMatchObject([
        { id: letter?.id, ok: retried.code === 0 },
      ]);
      world.cloud.faults.clear();
      const dropped = new Set<string>();
      await vi.waitFor(async () => {
        const { stdout } = await fleet.call('dead-letters', 'drop', '--all', '--json');
        for (const { id, ok } of results.parse(JSON.parse(stdout)).results) if (ok) dropped.add(id);
        expect((await fleet.call('dead-letters')).stdout).toContain('There are no dead letters.');
      }, patience);
      // The one that was sent again may be gone before it can be dropped.
      expect([...dropped]).toEqual(expect.arrayContaining(others.map(({ id }) => id)));
      expect((await fleet.call('dead-letters', 'drop', 'nothing')).code).toBe(1);
      expect((await fleet.call('dead-letters', 'drop')).code).toBe(2);
    },
    limit,
  );

  it(
    'looks after the quarantine and the gaps',
    async () => {
      const { site, keys, client, end } = stored();
      const formats = new Formats();
      const [agent] = atWork().slice(9);
      const call = 'BAD0000000000000000000000000BAD0';
      const of = { site, at: Date.now() * 1e9, call };
      for (const content of [
        { kind: 'call-created', ...of, type: 'Inbound', ani: '+49301' },
        { kind: 'party-added', ...of, state: 'Connected', party: 'P1', dn: '+49301', type: 'External' },
        {
          ...{ kind: 'party-added', ...of, state: 'Connected', party: 'P2', type: 'Extension' },
          ...{ dn: agent?.extension?.number, agentId: agent?.logins[0]?.code },
        },
      ])
        await client.xadd(
          keys.in,
          '*',
          'e',
          writeEntry(formats, { received: wallMs(Date.now()), content: content as never }),
        );
      const to = Date.now() - 60_000;
      const gap = { site, connection: 'calls', why: 'not-watched', from: wallMs(to - 5_000), to: wallMs(to) };
      await client.lpush(keys.gaps, writeGap(formats, gap as never));
      await end();
      await vi.waitFor(async () => {
        expect((await fleet.call('quarantine')).stdout).toContain(call);
      }, patience);
      await given(['quarantine'], 0, z.object({ items: z.array(quarantineEntryAnswer) }));
      expect((await fleet.call('quarantine', 'drop', '--all')).code).toBe(0);
      expect((await fleet.call('quarantine')).stdout).toContain('Nothing is in the quarantine.');
      const gaps = await given(['gaps'], 0, z.object({ gaps: z.array(gapAnswer) }));
      expect(gaps.json.gaps).toContainEqual(expect.objectContaining({ site, seconds: 5 }));
    },
    limit,
  );

  it(
    'restarts EXCP one after another, and gathers a bundle of what runs, without secrets',
    async () => {
      fleet.history.length = 0;
      const restarted = await fleet.call('restart', 'excp', '--yes', '--json');
      expect(restarted.code, said(['restart'], restarted)).toBe(0);
      expect(JSON.parse(restarted.stdout)).toMatchObject({
        restarted: [
          { instance: 'excp-1', ready: true },
          { instance: 'excp-2', ready: true },
        ],
      });
      expect(fleet.history).toEqual(['excp-1 restart', 'excp-2 restart']);
      // Which of the two is active may just be changing.
      await vi.waitFor(async () => {
        const status = await fleet.call('status');
        expect(status.code, said(['status'], status)).toBe(0);
      }, patience);
      const bundle = await fleet.call('support-bundle', '--out', 'bundle.tgz', '--json');
      expect(bundle.code, said(['support-bundle'], bundle)).toBe(0);
      const all = execFileSync('tar', ['-xzOf', join(fleet.folder, 'bundle.tgz')], {
        encoding: 'utf8',
        maxBuffer: 1e8,
      });
      expect(all).toContain('excp_conversations_ended_total');
      expect(all).not.toContain(token);
      for (const { clientSecret } of world.cloud.clients) expect(all).not.toContain(clientSecret);
    },
    limit,
  );
});

/** Redis as the services of this world use it. */
function stored() {
  const { ORG_ID = '', TENANT_ID = '', REDIS_KEY_PREFIX = '' } = world.environment('excp');
  const client = new Redis(store().url);
  const space = new KeySpace({ prefix: REDIS_KEY_PREFIX, orgId: ORG_ID, tenantId: Number(TENANT_ID) });
  const site = world.environment('excp').SWITCH_NAME ?? '';
  return { client, keys: excpKeys(space), site, end: () => client.quit() };
}
