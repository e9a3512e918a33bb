/** How a plan is carried out: phase by phase, and when it ends before its end. */
import { type ErrorCode, ExecError } from '@exec/common/errors';
import { CloudError, type CloudErrorCode, RequestBudget } from '@exec/common/genesys-cloud';
import type { CloudSkillId } from '@exec/common/ids';
import { FakeClock } from '@exec/common/testing';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../plan/operation.ts';
import { MemorySite } from '../testing/memory-site.ts';
import { id } from '../testing/snapshot.ts';
import { type ApplyHooks, applyPlan } from './executor.ts';

/** Creates the skill `Skill <dbid>`. */
const creation = (dbid: number, serialKey = 'one'): Operation => ({
  type: 'skill.create',
  id: `skill/create/${dbid}`,
  engage: { kind: 'skill', dbid: id(dbid), name: '' },
  reason: '',
  serialKey,
  name: `Skill ${dbid}`,
});
/** Of a later phase; is skipped, since there is no such user. */
const skipped = (dbid: number, serialKey = 'one'): Operation => ({
  type: 'user.deactivate',
  id: `user/deactivate/${dbid}`,
  engage: { kind: 'person', dbid: id(dbid), name: '' },
  reason: '',
  serialKey,
});
const creations = (count: number, serialKey?: string) =>
  Array.from({ length: count }, (_, at) => creation(at + 1, serialKey));

function apply(site: MemorySite, operations: readonly Operation[], hooks: Partial<ApplyHooks> = {}) {
  const results: string[] = [];
  const outcome = applyPlan(
    {
      cloud: site.cloud,
      state: site.state,
      ledger: site.ledger,
      clock: site.clock,
      signal: site.stop.signal,
      token: () => site.token,
      count: async () => undefined,
    },
    { operations, gone: { persons: new Set(), queues: new Set() } },
    {
      keysAtOnce: 12,
      shouldYield: () => false,
      onResult: ({ engage }, result) => results.push(`${engage.dbid} ${result}`),
      ...hooks,
    },
  );
  return { outcome, results };
}

const nothingWrong = { failed: 0, surprised: false, fault: undefined };

/** Virtual milliseconds in which a plan of creations ends, at the real budget of some tokens. */
async function durationWith(tokens: number, operations: readonly Operation[]): Promise<number> {
  const site = new MemorySite();
  const clock = new FakeClock();
  const budget = new RequestBudget({ requestsPerMinute: 285, tokens, clock });
  site.cloud.skills.create = async (name) => {
    const permit = await budget.acquire('configuration');
    await clock.sleep(600);
    permit.release();
    return { id: name as CloudSkillId, name };
  };
  const { outcome } = apply(site, operations, { keysAtOnce: budget.maxInFlight });
  let ended = false;
  const end = outcome.then(() => {
    ended = true;
  });
  while (!ended) await clock.advance(100);
  await end;
  return clock.monotonic();
}

describe('a plan', () => {
  it.each([2, 4, 10])('keeps %i tokens busy', async (tokens) => {
    const operations = creations(600).map((operation) => ({ ...operation, serialKey: operation.id }));
    const one = await durationWith(1, operations);
    const several = await durationWith(tokens, operations);
    // A cloud that takes 0.6 s: one answer is waited for at the end.
    expect(one / (several - 600)).toBeGreaterThanOrEqual(0.95 * tokens);
  });

  it('without operations is complete', async () => {
    expect(await apply(new MemorySite(), []).outcome).toEqual({
      ...nothingWrong,
      ended: 'complete',
      done: 0,
      skipped: 0,
    });
  });

  it('says of each operation what became of it', async () => {
    const site = new MemorySite();
    site.cloud.addSkill('Skill 2');
    site.cloud.failNext('skills.create', new CloudError('cloud.refused', 'no', { httpStatus: 400 }));
    const { outcome, results } = apply(site, [creation(1), creation(2), creation(3), skipped(4)]);
    expect(await outcome).toEqual({
      ended: 'complete',
      done: 2,
      skipped: 1,
      failed: 1,
      surprised: true,
      fault: undefined,
    });
    expect(results).toEqual(['1 failed', '2 adopted', '3 done', '4 skipped']);
  });

  it('says of a person that the cloud has refused no name', async () => {
    const site = new MemorySite();
    const refusal = new CloudError('cloud.refused', 'postUsers: HTTP 400 Anna Berger exists (berger, a.)', {
      httpStatus: 400,
      cloudMessage: 'Anna Berger exists',
    });
    const person = {
      ...creation(1),
      engage: { kind: 'person', dbid: id(1), name: 'Anna Berger' },
    } as Operation;
    const errors: unknown[] = [];
    site.cloud.failNext('skills.create', refusal);
    await apply(site, [person], { onResult: (_, __, error) => errors.push(error) }).outcome;
    expect(errors).toMatchObject([
      {
        code: 'cloud.refused',
        httpStatus: 400,
        message: 'postUsers: HTTP 400 [name] [name] exists ([name], a.)',
        cloudMessage: '[name] [name] exists',
      },
    ]);
    expect((errors[0] as Error).stack).not.toMatch(/anna|berger/i);
  });

  it('begins a phase when the one before has ended, and the steps of one key one after the other', async () => {
    const site = new MemorySite();
    const begun: string[] = [];
    const waiting: (() => void)[] = [];
    site.cloud.skills.create = async (name) => {
      begun.push(name);
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { id: name as CloudSkillId, name };
    };
    const { outcome, results } = apply(site, [
      creation(1, 'a'),
      creation(2, 'a'),
      creation(3, 'b'),
      skipped(4),
    ]);
    await expect.poll(() => begun).toEqual(['Skill 1', 'Skill 3']);
    waiting[1]?.();
    await expect.poll(() => results).toEqual(['3 done']);
    waiting[0]?.();
    await expect.poll(() => begun).toEqual(['Skill 1', 'Skill 3', 'Skill 2']);
    expect(results).toEqual(['3 done', '1 done']);
    waiting[2]?.();
    expect(await outcome).toMatchObject({ ended: 'complete', done: 3, skipped: 1 });
    expect(results).toEqual(['3 done', '1 done', '2 done', '4 skipped']);
  });

  it('has twelve keys under way at once', async () => {
    const site = new MemorySite();
    const waiting: (() => void)[] = [];
    site.cloud.skills.create = async (name) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return { id: name as CloudSkillId, name };
    };
    const operations = Array.from({ length: 14 }, (_, at) => creation(at + 1, `key ${at}`));
    const { outcome } = apply(site, operations);
    await expect.poll(() => waiting.length).toBe(12);
    waiting[0]?.();
    await expect.poll(() => waiting.length).toBe(13);
    waiting[1]?.();
    await expect.poll(() => waiting.length).toBe(14);
    for (const end of waiting) end();
    expect(await outcome).toMatchObject({ ended: 'complete', done: 14 });
  });
});

describe('a plan that ends before its end', () => {
  it('does so when it is asked to yield: what is under way is finished', async () => {
    const site = new MemorySite();
    let asked = 0;
    const shouldYield = () => ++asked > 3;
    const { outcome, results } = apply(site, [...creations(5), skipped(9)], { shouldYield });
    expect(await outcome).toEqual({ ...nothingWrong, ended: 'yielded', done: 2, skipped: 0 });
    expect(results).toEqual(['1 done', '2 done']);
    // Asked no more once it yields: before the phase, before each of three steps.
    expect(asked).toBe(4);
  });

  it('does so when the service ends, and a request that this breaks off is no failure', async () => {
    const site = new MemorySite();
    site.cloud.skills.create = async () => {
      site.stop.abort();
      throw new CloudError('cloud.unavailable', 'broken off');
    };
    const { outcome, results } = apply(site, creations(3));
    expect(await outcome).toEqual({ ...nothingWrong, ended: 'yielded', done: 0, skipped: 0 });
    expect(results).toEqual([]);
  });

  it('does so before the first step when the service has ended', async () => {
    const site = new MemorySite();
    site.stop.abort();
    expect(await apply(site, creations(3)).outcome).toMatchObject({ ended: 'yielded', done: 0 });
    expect(site.cloud.requests).toEqual([]);
  });
});

describe('a failure', () => {
  it.each<[CloudErrorCode]>([
    ['cloud.conflict'],
    ['cloud.not-found'],
    ['cloud.refused'],
    ['cloud.request-invalid'],
    ['cloud.response-invalid'],
    ['cloud.server-error'],
    ['cloud.outcome-unknown'],
    ['cloud.too-large'],
    ['cloud.forbidden'],
  ])('%s is that of one object', async (code) => {
    const site = new MemorySite();
    site.cloud.failNext('skills.create', new CloudError(code, 'no'));
    const { outcome, results } = apply(site, creations(2));
    expect(await outcome).toMatchObject({ ended: 'complete', failed: 1, done: 1 });
    expect(results).toEqual(['1 failed', '2 done']);
  });

  it('that is no error of the connector is that of one object as well', async () => {
    const site = new MemorySite();
    site.cloud.failNext('skills.create', new TypeError('x') as CloudError);
    expect(await apply(site, creations(2)).outcome).toMatchObject({ ended: 'complete', failed: 1, done: 1 });
  });

  it.each<[ErrorCode, (code: ErrorCode) => ExecError]>([
    ['cloud.unavailable', (code) => new CloudError(code as CloudErrorCode, 'no')],
    ['cloud.unauthorized', (code) => new CloudError(code as CloudErrorCode, 'no')],
    ['cloud.rate-limited', (code) => new CloudError(code as CloudErrorCode, 'no')],
    ['redis.unavailable', (code) => new ExecError(code, 'no')],
    ['lease.lost', (code) => new ExecError(code, 'no')],
  ])('%s is that of all: nothing more is tried, and nothing held against the object', async (code, make) => {
    const site = new MemorySite();
    const fault = make(code);
    site.cloud.failNext('skills.create', fault as CloudError);
    const { outcome, results } = apply(site, [...creations(3), skipped(9)]);
    expect(await outcome).toEqual({
      ended: 'stopped',
      done: 0,
      skipped: 0,
      failed: 0,
      surprised: false,
      fault,
    });
    expect(results).toEqual([]);
  });

  it('that is that of all is told as it first came', async () => {
    const site = new MemorySite();
    const faults = [1, 2].map((number) => new ExecError('redis.unavailable', `no ${number}`));
    for (const fault of faults) site.cloud.failNext('skills.create', fault as CloudError);
    const { outcome } = apply(site, [creation(1, 'a'), creation(2, 'b')]);
    expect(await outcome).toMatchObject({ ended: 'stopped', fault: faults[0] });
  });

  const refused = new CloudError('cloud.refused', 'no', { httpStatus: 400 });
  const forbidden = new CloudError('cloud.forbidden', 'no', { httpStatus: 403 });

  it.each<[string, readonly (CloudError | undefined)[], string, number]>([
    ['nine times in a row is that of the objects', Array(9).fill(refused), 'complete', 9],
    ['ten times in a row is not', Array(10).fill(refused), 'stopped', 10],
    [
      'does not count on after one that succeeds',
      [...Array(9).fill(refused), undefined, refused],
      'complete',
      10,
    ],
    ['does not count on after another one', [...Array(9).fill(refused), forbidden, refused], 'complete', 11],
  ])('%s', async (_what, failures, ended, failed) => {
    const site = new MemorySite();
    let at = 0;
    site.cloud.skills.create = async (name) => {
      const failure = failures[at++];
      if (failure !== undefined) throw failure;
      return { id: name as CloudSkillId, name };
    };
    const outcome = await apply(site, creations(12)).outcome;
    expect(outcome).toMatchObject({ ended, failed, fault: ended === 'stopped' ? refused : undefined });
  });

  it('counts on over what is skipped, which shows nothing of the cloud', async () => {
    const site = new MemorySite();
    site.cloud.users.change = async () => {
      throw refused;
    };
    const persons = Array.from({ length: 11 }, (_, at) => at + 1);
    for (const dbid of persons) {
      const user = site.cloud.addUser(`u${dbid}`);
      site.state.setUser({
        ...site.cloud.read().users.get(user),
        dbid: id(dbid),
        employeeId: `E${dbid}`,
        created: true,
        at: 0,
      } as never);
    }
    const operations = persons.flatMap((dbid) => [skipped(100 + dbid), skipped(dbid)]);
    expect(await apply(site, operations).outcome).toMatchObject({
      ended: 'stopped',
      failed: 10,
      skipped: 10,
    });
  });
});
