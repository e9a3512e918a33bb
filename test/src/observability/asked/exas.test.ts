/** A real Prometheus scrapes EXAS at work: each query of its dashboard gets an answer, each alert can be evaluated. */
import { RandomDay, Site } from '@exec/exas/testing';
import { Random } from '@exec/simulators/scenarios';
import { testRedis } from '@exec/testing/vitest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dashboards } from '../dashboards/index.ts';
import { Prometheus } from '../prometheus/server.ts';
import { readAlerts } from '../rules.ts';
import { ask, unanswered } from './ask.ts';
import { patience, scrapes, until } from './patience.ts';

let site: Site;
let prometheus: Prometheus;
let day: RandomDay;

beforeAll(async () => {
  site = await Site.start({ redis: testRedis(), agents: 10 });
  const { port } = await site.exas();
  prometheus = await Prometheus.start();
  await prometheus.add({ job: 'exas', instance: 'exas', address: `127.0.0.1:${port}` });
  day = new RandomDay(site.states, site.employees, new Random(1));
  await scrapes(prometheus, 'exas', 4, () => day.step());
});

afterAll(async () => {
  await prometheus?.stop();
  await site?.close();
});

test('its dashboard has data in every panel', async () => {
  const dashboard = dashboards.exas;
  if (dashboard === undefined) throw new Error('there is no dashboard of EXAS');
  // A rate needs two samples of each of its series, and some begin only when something happens for the first time.
  await expect
    .poll(async () => {
      day.step();
      const end = Date.now() / 1000;
      return unanswered(await ask(prometheus, dashboard, { start: end - 5, end }));
    }, patience)
    .toEqual([]);
});

test('Prometheus evaluates every alert without an error, and none about EXAS fires', async () => {
  const states = await prometheus.rules();
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).sort();
  expect(names(states)).toEqual(names(await readAlerts()));
  expect(states.filter(({ health }) => health !== 'ok')).toEqual([]);
  expect(states.filter(({ state }) => state === 'firing').map(({ name }) => name)).toEqual(['Watchdog']);
});

test('an expression that is wrong is an error', async () => {
  await expect(prometheus.instant('sum(')).rejects.toThrow('parse error');
});

test('a Stat Server pair that is gone is noticed under its name', async () => {
  await site.statServers.reachable(false);
  const labels = await until('the alert LinkDown', async () => {
    const alert = (await prometheus.rules()).find(({ name }) => name === 'LinkDown');
    return alert?.alerts[0]?.labels;
  });
  expect(labels).toMatchObject({ deployment: 'example', job: 'exas', link: 'stat-server' });
});
