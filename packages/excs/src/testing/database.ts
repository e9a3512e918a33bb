/** A database with a generated contact centre, and a reader on it. */
import { systemClock } from '@exec/common/clock';
import { Secret } from '@exec/common/config';
import { silentLogger } from '@exec/common/logging';
import {
  type ContactCentre,
  type ContactCentreOptions,
  createSchema,
  generateContactCentre,
  load,
  type SchemaProfile,
  schemaMap,
} from '@exec/simulators/config-db';
import { closeLater, testDatabase } from '@exec/testing/vitest';
import pg from 'pg';
import { ConfigDb } from '../engage/config-db.ts';
import { EngageReader, type EngageReaderOptions } from '../engage/reader.ts';
import { parseSchemaMap, type SchemaMap } from '../engage/schema-map.ts';
import { dnType } from '../engage/snapshot.ts';

export interface TestSource {
  readonly url: string;
  readonly centre: ContactCentre;
  /** For changes; the reader has a connection of its own. */
  readonly admin: pg.Client;
}

export async function startSource(
  options: { readonly profile?: SchemaProfile; readonly centre?: Partial<ContactCentreOptions> } = {},
): Promise<TestSource> {
  const { url } = await testDatabase();
  const admin = new pg.Client({ connectionString: url });
  admin.on('error', () => undefined);
  await admin.connect();
  closeLater(async () => await admin.end().catch(() => undefined));
  const profile = options.profile ?? 'default';
  const centre = generateContactCentre({ seed: 7, agents: 30, ...options.centre });
  await createSchema(admin, profile);
  await load(admin, centre, { profile });
  await untilNothingOlder(admin);
  return { url, centre, admin };
}

/**
 * The server is shared: while a transaction of another test is older than what was written here, a probe may take that for
 * new, which is right and costs a read. Tests that count on the contrary wait until it is over.
 */
export async function untilNothingOlder(admin: pg.Client): Promise<void> {
  const { rows } = await admin.query<{ own: string }>('SELECT pg_current_xact_id()::text AS own');
  const own = rows[0]?.own ?? '0';
  for (;;) {
    const { rows: found } = await admin.query<{ over: boolean }>(
      'SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > $1::bigint AS over',
      [own],
    );
    if (found[0]?.over === true) return;
    await systemClock.sleep(20);
  }
}

export function readerOf(source: TestSource, options: Partial<EngageReaderOptions> = {}): EngageReader {
  const db = new ConfigDb({ url: new Secret(source.url), clock: systemClock });
  closeLater(() => db.close());
  return new EngageReader({
    db,
    owner: undefined,
    map: mapOf({}),
    tenant: source.centre.tenantDbid,
    queueTypes: [dnType.virtualQueue],
    wrapupAttribute: 'DispositionCode',
    logger: silentLogger,
    ...options,
  });
}

/** The map that a profile needs, as a file would give it. */
export function profileMap(profile: SchemaProfile): SchemaMap {
  return mapOf({ tables: schemaMap(profile) });
}

function mapOf(file: object): SchemaMap {
  const parsed = parseSchemaMap(JSON.stringify(file));
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.map;
}
