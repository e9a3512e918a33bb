/** What EXCS has stored of the organisation: read for ever, and refused as a whole when a newer release stored of it. */
import { readFileSync } from 'node:fs';
import { Secret } from '@exec/common/config';
import { Formats } from '@exec/common/formats';
import { silentLogger } from '@exec/common/logging';
import { KeySpace, RedisConnection } from '@exec/common/redis';
import { nextFormat, nextRelease } from '@exec/common/testing';
import { testRedis } from '@exec/testing/vitest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Ledger } from './ledger.ts';
import type { Change } from './ledger-changes.ts';
import { OrganizationState } from './organization-state.ts';

const file = new URL('./fixtures/format-1.json', import.meta.url);
const fixture = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly hashes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly source: string;
};
const token = { value: 'me', epoch: 1 };

const { url, prefix } = testRedis();
let redis: RedisConnection;
let tenantId = 0;
let keys: KeySpace;
beforeAll(async () => {
  // A machine with other work answers late; nothing here is about that.
  redis = RedisConnection.open({
    url: new Secret(url),
    name: 'ledger-test',
    logger: silentLogger,
    commandTimeoutMs: 30_000,
  });
  await redis.ready();
});
afterAll(() => redis.close());
beforeEach(() => {
  keys = new KeySpace({ prefix, orgId: 'org', tenantId: ++tenantId });
});

function ledgerOf(formats = new Formats()): Ledger {
  return new Ledger({ redis, keys, formats });
}

async function load(ledger: Ledger) {
  const wantedSource = { name: 'Engage 1', description: 'ours' };
  const state = new OrganizationState({ authority: 'engage/1', source: wantedSource });
  const { source } = await ledger.load(state);
  return { state, source };
}

/** Stores the fixture; `change`: of each text. */
async function store(change: (text: string) => string = (text) => text): Promise<void> {
  for (const [part, texts] of Object.entries(fixture.hashes))
    for (const [field, text] of Object.entries(texts))
      await redis.client.hset(keys.key('excs', part), field, change(text));
  await redis.client.set(keys.key('excs', 'source'), change(fixture.source));
}

/** The commands that would store what is known. */
function changesOf({ state, source }: Awaited<ReturnType<typeof load>>, ledger: Ledger): Change[] {
  return [
    ...[...state.users.values()].flatMap((link) => ledger.keys.user(link, undefined)),
    ...[...state.skills.values()].flatMap((link) => ledger.keys.skill(link)),
    ...[...state.formerSkills.values()].flatMap((skill) => ledger.keys.former(skill)),
    ...[...state.queues.values()].flatMap((link) => ledger.keys.queue(link)),
    ...[...state.wrapupCodes.values()].flatMap((link) => ledger.keys.wrapupCode(link)),
    ...(source === undefined ? [] : ledger.keys.source(source)),
  ];
}

const texts = [...Object.values(fixture.hashes).flatMap((hash) => Object.values(hash)), fixture.source];
/** Redis keeps no order. */
const sorted = (values: readonly unknown[]) => values.map((value) => JSON.stringify(value)).toSorted();
const valuesIn = (changes: readonly Change[]) =>
  changes.map((change) => JSON.parse(String(change.at(-1))) as object);
const inOrder = (value: object) => Object.fromEntries(Object.entries(value).toSorted());

describe('the ledger', () => {
  it('of this release is read for ever, and nothing of it is lost: the fixture is never changed', async () => {
    await store();
    const numbered = await load(ledgerOf());
    const stored = texts.map((text) => inOrder(JSON.parse(text) as object));
    expect(sorted(valuesIn(changesOf(numbered, ledgerOf())).map(inOrder))).toEqual(sorted(stored));
    await store((text) => text.replace('"v":1,', ''));
    expect(sorted(changesOf(await load(ledgerOf()), ledgerOf()))).toEqual(
      sorted(changesOf(numbered, ledgerOf())),
    );
  });

  it('of a newer release is refused as a whole: what it says of ours must not be guessed', async () => {
    await store();
    const formats = new Formats(nextRelease);
    const newer = ledgerOf(formats);
    await redis.client.set(newer.leaseKey, token.value);
    const known = await load(newer);
    formats.writes = nextFormat;
    await newer.write(token, changesOf(known, newer).slice(0, 1));
    expect(await load(newer)).toEqual(known);
    await expect(load(ledgerOf())).rejects.toMatchObject({
      code: 'ledger.unreadable',
      message: expect.stringContaining(`format ${nextFormat}`),
    });
  });

  it('with a damaged record is read without it', async () => {
    await store((text) => (text.includes('Ada') ? '{"v":1,"dbid":"x"}' : text));
    expect((await load(ledgerOf())).state.users.size).toBe(1);
  });
});
