/** The address of the Config DB changes between two reads: the connection that stands goes on, the next one uses the new. */
import { systemClock } from '@exec/common/clock';
import { Secret } from '@exec/common/config';
import { testDatabase } from '@exec/testing/vitest';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ConfigDb } from './config-db.ts';

const role = `exec_renewed_${process.pid}`;
let admin: pg.Client;
let url: string;
beforeAll(async () => {
  url = (await testDatabase()).url;
  admin = new pg.Client(url);
  await admin.connect();
  await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD 'renewed-password'`);
});
afterAll(async () => {
  await admin.query(`DROP ROLE ${role}`);
  await admin.end();
});

test('user and password of the Config DB change, and no read fails', async () => {
  const { secret, change } = Secret.changing(url);
  const db = new ConfigDb({ url: secret, clock: systemClock });
  const who = () => db.transaction(async (read) => await read.rows('SELECT current_user, pg_backend_pid()'));
  const [[before, backend] = []] = await who();
  const renewed = new URL(url);
  renewed.username = role;
  renewed.password = 'renewed-password';
  change(renewed.href);
  expect(await who()).toEqual([[before, backend]]);
  await admin.query('SELECT pg_terminate_backend($1::int)', [backend]);
  // The first read after a loss may meet it; the cycle reads again.
  const after = await who().catch(who);
  expect(after[0]?.[0]).toBe(role);
  await db.close();
});
