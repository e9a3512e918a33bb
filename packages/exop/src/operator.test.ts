/** The operator's daily work, over real SSH servers: what services answer is shown, what is ordered reaches them. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { call, excpAnswers, excsAnswers, watched } from './testing/answers.ts';
import { Fleet } from './testing/fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start();
  await fleet.reset();
  const deployed = await fleet.call('deploy');
  if (deployed.code !== 0) throw new Error(deployed.stderr + deployed.stdout);
});
afterAll(() => fleet.stop());
beforeEach(() => {
  for (const { docker } of fleet.vms) {
    docker.asked.length = 0;
    docker.state.routes.clear();
  }
  for (const [route, answer] of Object.entries(excsAnswers)) excs().state.routes.set(route, answer);
  for (const [route, answer] of Object.entries(excpAnswers))
    for (const name of ['excp-1', 'excp-2'] as const) fleet.vm(name).docker.state.routes.set(route, answer);
  fleet.vm('exas-1').docker.state.routes.set('GET /api/v1/agents/E1', watched);
});
const limit = 240_000;

const excs = () => fleet.vm('excs-1').docker;

interface Row {
  readonly args: readonly string[];
  readonly code: number;
  /** In what is printed for people. */
  readonly shows: readonly (string | RegExp)[];
  /** The last request, and its body. */
  readonly asks: readonly [route: string, body?: unknown];
  readonly of?: 'excs-1' | 'exas-1' | 'excp-1';
}

const rows: readonly Row[] = [
  {
    args: ['sync'],
    code: 0,
    shows: [/^state +waiting-for-approval$/m, /^mapped +0 of 3 persons/m, 'Plan p1 waits'],
    asks: ['GET /api/v1/sync'],
  },
  {
    args: ['sync', 'plan'],
    code: 2,
    shows: [
      'user: 1 to add, 1 to change, 0 to remove',
      /^ {2}\+ create {2}Anna Berger \(1\)/m,
      'Plan: 1 to add, 1 to change, 1 to remove. 1 user would become billable.',
      'To approve it: exop sync approve p1',
    ],
    asks: ['GET /api/v1/sync/plan'],
  },
  {
    args: ['sync', 'approve', 'p1'],
    code: 0,
    shows: ['Plan p1 is approved'],
    asks: ['POST /api/v1/sync/approve', { planId: 'p1' }],
  },
  {
    args: ['sync', 'allow', 'p1', '--removals', '30'],
    code: 0,
    shows: ['Plan p1 is allowed'],
    asks: ['POST /api/v1/sync/runs', { mode: 'apply', allow: { planId: 'p1', removals: 30 } }],
  },
  { args: ['sync', 'pause'], code: 0, shows: ['Paused.'], asks: ['POST /api/v1/sync/pause'] },
  { args: ['sync', 'resume'], code: 0, shows: ['Resumed.'], asks: ['POST /api/v1/sync/resume'] },
  {
    args: ['sync', 'conflicts'],
    code: 0,
    shows: ['person.no-email (1)', '/Resources/Persons/dora (7)', 'What to do: Enter one.'],
    asks: ['GET /api/v1/sync/conflicts'],
  },
  { args: ['sync', 'orphans'], code: 0, shows: [/skill +Latin +9 +c1/], asks: ['GET /api/v1/sync/orphans'] },
  {
    args: ['sync', 'accept-empty-table', 'cfg_group'],
    code: 0,
    shows: ['cfg_group may be empty'],
    asks: ['POST /api/v1/sync/accept-empty-table', { table: 'cfg_group' }],
  },
  {
    args: ['agent', 'E1'],
    code: 0,
    shows: [/person 1 is user u1, active/, /in Engage +ready since/, /accepted +OnQueue, Idle/],
    asks: ['GET /api/v1/agents/E1'],
    of: 'exas-1',
  },
  {
    args: ['agent', 'E9'],
    code: 1,
    shows: ['excs-1 answers 404, test.refused: 404 it is', 'exas-1 answers 404'],
    asks: ['GET /api/v1/agents/E9'],
    of: 'exas-1',
  },
  {
    args: ['call', call],
    code: 0,
    // In order of time, whatever order the service has.
    shows: [
      /external[\s\S]*user +b/,
      /userEstablishedEvents +refused +no such user/,
      'Waiting to be accepted: 1',
    ],
    asks: [`GET /api/v1/conversations/${call}`],
    of: 'excp-1',
  },
  {
    args: ['dead-letters'],
    code: 0,
    shows: [/d1 .*routingEstablishedEvents +no such queue/],
    asks: ['GET /api/v1/dead-letters'],
    of: 'excp-1',
  },
  {
    args: ['dead-letters', 'retry', '--all'],
    code: 1,
    shows: ['d1: will be sent again', /d2: excp-1 answers 409/],
    asks: ['POST /api/v1/dead-letters/d2/retry'],
    of: 'excp-1',
  },
  {
    args: ['dead-letters', 'drop', 'd1'],
    code: 0,
    shows: ['d1: dropped'],
    asks: ['DELETE /api/v1/dead-letters/d1'],
    of: 'excp-1',
  },
  {
    args: ['quarantine'],
    code: 0,
    shows: [/1-0 .*party-added +RangeError/],
    asks: ['GET /api/v1/quarantine'],
    of: 'excp-1',
  },
  {
    args: ['quarantine', 'drop', '1-0'],
    code: 0,
    shows: ['1-0: dropped'],
    asks: ['DELETE /api/v1/quarantine/1-0'],
    of: 'excp-1',
  },
  { args: ['gaps'], code: 0, shows: [/60 +SIP_Switch +calls/], asks: ['GET /api/v1/gaps'], of: 'excp-1' },
];

describe('exop', () => {
  it.each(rows)(
    '$args ends with $code',
    async ({ args, code, shows, asks: [route, body], of = 'excs-1' }) => {
      const called = await fleet.call(...args);
      expect(called.code, called.stderr + called.stdout).toBe(code);
      for (const text of shows) expect(called.stdout).toMatch(text);
      const last = fleet.vm(of).docker.asked.at(-1);
      expect(last).toMatchObject({ route });
      expect(last?.body).toEqual(body);
      // By it the line in the log of the service says who it was.
      expect(last?.requestId).toMatch(/^exop-[\w.-]+-[0-9a-f-]{36}$/);
      const json = await fleet.call(...args, '--json');
      expect(json.code).toBe(code);
      expect(JSON.parse(json.stdout)).toMatchObject({ ok: code === 0 });
    },
    limit,
  );

  it(
    'refuses what it cannot mean, without asking anybody',
    async () => {
      for (const args of [
        ['sync', 'allow', 'p1'],
        ['dead-letters', 'drop'],
        ['sync', 'staus'],
        ['restart', 'nonsense'],
      ])
        expect((await fleet.call(...args)).code, args.join(' ')).toBe(2);
      expect(fleet.vms.flatMap(({ docker }) => docker.asked)).toEqual([]);
    },
    limit,
  );

  it(
    'says in the words of the service why something was refused',
    async () => {
      excs().state.routes.set('POST /api/v1/sync/approve', 409);
      const refused = await fleet.call('sync', 'approve', 'old');
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toContain('excs-1 answers 409, test.refused: 409 it is');
    },
    limit,
  );

  it(
    'restarts one EXCP when the one before is ready',
    async () => {
      fleet.history.length = 0;
      const restarted = await fleet.call('restart', 'excp');
      expect(restarted.code, restarted.stderr).toBe(0);
      expect(fleet.history.filter((event) => event.endsWith('restart'))).toEqual([
        'excp-1 restart',
        'excp-2 restart',
      ]);
      fleet.vm('excp-1').docker.state.unready.add('1.0.0');
      await fleet.writeEnv({ READY_TIMEOUT_SECONDS: '1' });
      const halted = await fleet.call('restart', 'excp');
      fleet.vm('excp-1').docker.state.unready.clear();
      expect(halted.code).toBe(1);
      expect(halted.stdout).toContain('excp-1: not ready');
      expect(halted.stdout).toContain('excp-2: left as it is');
    },
    limit,
  );

  it(
    'gathers a support bundle in which no secret, number or address is, and never writes over a file',
    async () => {
      await fleet.writeEnv({ ENGAGE_APP_PASSWORD: 'canary-in-log' });
      const made = await fleet.call('support-bundle', '--out', 'bundle.tgz', '--json');
      expect(made.code, made.stderr).toBe(0);
      const file = join(fleet.folder, 'bundle.tgz');
      const names = execFileSync('tar', ['-tzf', file], { encoding: 'utf8' }).trim().split('\n');
      expect(names).toEqual(
        expect.arrayContaining([
          ...['about.json', 'excs-1/sync.json', 'excs-1/ready.json', 'excs-1/log.txt'],
          ...['exas-1/compose.yaml', 'excp-2/dead-letters.json', 'excp-1/machine.txt'],
        ]),
      );
      const all = execFileSync('tar', ['-xzOf', file], { encoding: 'utf8' });
      expect(all).toContain('"message":"two [secret]"');
      expect(all).not.toMatch(/canary|\w@\w/);
      expect((await fleet.call('support-bundle', '--out', 'bundle.tgz')).code).toBe(2);
    },
    limit,
  );

  it(
    'works with a VM down: EXCP is asked on the other, logs and down name the one that is missing',
    async () => {
      await fleet.writeEnv({ EXCP_HOSTS: `127.0.0.1:1,127.0.0.1:${fleet.vm('excp-2').sshd.port}` });
      const gaps = await fleet.call('gaps');
      expect(gaps.code, gaps.stderr).toBe(0);
      expect(fleet.vm('excp-2').docker.asked).toHaveLength(1);
      const logs = await fleet.call('logs', 'excp', '--json');
      expect(logs.code).toBe(1);
      expect(logs.stderr).toMatch(/^excp-1 cannot be reached: /m);
      const lines = logs.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
      expect(lines[0]).toEqual({ instance: 'excp-2', line: { message: 'one' } });
      expect(lines.at(-1)).toMatchObject({ ok: false, unreached: [{ instance: 'excp-1' }] });
      const bundle = await fleet.call('support-bundle', '--out', 'half.tgz');
      expect(bundle.code).toBe(1);
      expect(bundle.stdout).toContain('Not reached: excp-1');
      await fleet.writeEnv({ EXCS_HOST: '127.0.0.1:1' });
      const silent = await fleet.call('sync');
      expect(silent.code).toBe(1);
      expect(silent.stderr).toContain('excs-1: 127.0.0.1:1');
      const down = await fleet.call('down');
      expect(down.code).toBe(1);
      expect(down.stdout).toContain('Stopped: exas-1, excp-1, excp-2');
      expect(down.stdout).toContain('Not reached: excs-1');
    },
    limit,
  );
});
