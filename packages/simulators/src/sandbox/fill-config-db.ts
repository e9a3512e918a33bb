/** Fills an empty Config DB with the sample contact centre; one that is filled already is left alone. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { type ContactCentre, createSchema, load } from '../config-db/index.ts';

const attempts = 60;
const pauseMs = 1000;

/** Answers the number of rows that were written: 0 when the tables were there before. */
export async function fillConfigDb(url: string, centre: ContactCentre, signal: AbortSignal): Promise<number> {
  const client = await connect(url, signal);
  try {
    const found = await client.query<{ there: boolean }>(
      "SELECT to_regclass('public.cfg_person') IS NOT NULL AS there",
    );
    if (found.rows[0]?.there === true) return 0;
    await createSchema(client);
    return await load(client, centre);
  } finally {
    await client.end();
  }
}

/** A server that has just been started refuses connections for a while. */
async function connect(url: string, signal: AbortSignal): Promise<Client> {
  for (let attempt = 1; ; attempt++) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if (attempt >= attempts) throw error;
      await delay(pauseMs, undefined, { signal });
    }
  }
}
