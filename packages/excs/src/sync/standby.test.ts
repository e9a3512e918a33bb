/** A standby of PostgreSQL that lags behind what was read before: nothing of it is believed until it has caught up. */

import { systemClock } from '@exec/common/clock';
import { Secret } from '@exec/common/config';
import { loggedLines } from '@exec/common/testing';
import { expectation } from '@exec/simulators/config-db';
import { closeLater, ownPostgresPair, testRedis } from '@exec/testing/vitest';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { ConfigDb } from '../engage/config-db.ts';
import { readerOf, startSource } from '../testing/database.ts';
import { Site } from '../testing/site.ts';
import { startEngine } from '../testing/test-site.ts';

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  closeLater(() => client.end().catch(() => undefined));
  return client;
}

const value = async (client: pg.Client, sql: string) =>
  (await client.query({ text: sql, rowMode: 'array' })).rows[0]?.[0];

async function until(client: pg.Client, condition: string): Promise<void> {
  while ((await value(client, `SELECT ${condition}`)) !== true) await systemClock.sleep(20);
}

const writes = (site: Site) => Object.fromEntries(site.cloud.record.writes);

describe('a standby of PostgreSQL', () => {
  it('that lags is refused, by the next process too; it is read when it has caught up, and when it is promoted', async () => {
    const { primary, standby } = await ownPostgresPair();
    const site = await Site.start({
      database: primary.url,
      redis: testRedis(),
      centre: { agents: 20, flaws: [] },
    });
    closeLater(() => site.close());
    const first = await startEngine(site);
    await first.converge();
    const follower = await connected(standby.url);
    const caughtUp = async () =>
      until(
        follower,
        `pg_last_wal_replay_lsn() >= '${await value(site.database, 'SELECT pg_current_wal_lsn()')}'`,
      );
    await caughtUp();

    // What the standby does not know: a person and a name.
    await follower.query('SELECT pg_wal_replay_pause()');
    await until(follower, "pg_get_wal_replay_pause_state() = 'paused'");
    const [one, other] = expectation(site.centre).users;
    await site.sql('UPDATE cfg_person SET state = 2 WHERE dbid = $1', [one?.dbid]);
    await first.converge();
    await site.sql("UPDATE cfg_person SET last_name = 'Newer' WHERE dbid = $1", [other?.dbid]);
    await first.converge();
    await first.stop();
    site.cloud.record.reset();

    const second = await startEngine(site, { env: { CONFIG_DB_URL: standby.url } });
    for (let read = 0; read < 3; read++)
      await expect(second.run()).rejects.toMatchObject({
        code: 'engage.source-lags',
        retryable: true,
        message: expect.stringMatching(/standby .* \d+ bytes behind/),
      });
    expect(second.parts.engage.bytesBehind).toBeGreaterThan(0);
    expect(writes(site)).toEqual({});

    await follower.query('SELECT pg_wal_replay_resume()');
    await caughtUp();
    await second.converge();
    expect(second.parts.engage.bytesBehind).toBe(0);
    expect(writes(site)).toEqual({});

    await primary.kill();
    await follower.query('SELECT pg_promote()');
    await follower.query("UPDATE cfg_person SET last_name = 'Newest' WHERE dbid = $1", [other?.dbid]);
    await second.converge();
    expect(writes(site)).toEqual({ patchUser: 1 });
  });
});

describe('the account that reads', () => {
  it('needs no more than SELECT for that; where even that is taken away, reads go on and say so once', async () => {
    const source = await startSource();
    const role = `reader_${new URL(source.url).pathname.slice(1)}`;
    await source.admin.query(`CREATE ROLE "${role}" LOGIN PASSWORD 'reads'`);
    closeLater(async () => {
      await source.admin.query(`DROP OWNED BY "${role}"`);
      await source.admin.query(`DROP ROLE "${role}"`);
    });
    await source.admin.query(`GRANT SELECT ON ALL TABLES IN SCHEMA public TO "${role}"`);
    const url = new URL(source.url);
    url.username = role;
    url.password = 'reads';
    const db = new ConfigDb({ url: new Secret(url.href), clock: systemClock });
    closeLater(() => db.close());
    const { logger, lines } = loggedLines();
    const reader = readerOf(source, { db, logger });
    const { found } = await reader.read();
    expect(found).toMatchObject({
      inRecovery: false,
      position: { lsn: expect.stringMatching(/^\w+\/\w+$/) },
    });

    await source.admin.query('REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC');
    for (let read = 0; read < 2; read++) {
      const { found: hidden, snapshot } = await reader.read(found.position);
      expect(hidden.position).toBeUndefined();
      expect(snapshot.persons.length).toBeGreaterThan(0);
    }
    expect(lines().filter((line) => JSON.stringify(line).includes('pg_control_system'))).toHaveLength(1);
  });
});
