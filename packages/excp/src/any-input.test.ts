/** Whatever a link may tell: no frame that the wire takes makes the model fail, or changes what is told of other calls. */

import type { ConversationEvent } from '@exec/common/genesys-cloud';
import { streamMs, wallMs } from '@exec/common/instants';
import {
  callTypes,
  causes,
  type Frame,
  parseSipEvent,
  partyFlags,
  partyStates,
  partyTypes,
} from '@exec/engage-link/wire';
import { arrivals, produce, record, scenarioNamed } from '@exec/simulators/scenarios';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { defaultSettings } from './conversation/step-context.ts';
import type { ModelInput } from './events/snapshots.ts';
import { normalise } from './intake/normalise.ts';
import { Model, type Output } from './processor/model.ts';
import { violations } from './testing/invariants.ts';
import { mappingOf } from './testing/mapping.ts';
import { modelMessages } from './testing/messages.ts';
import { itemsOf } from './testing/replay.ts';

const production = produce([scenarioNamed('hold'), scenarioNamed('conference')]);
const map = mappingOf(production);
const [site] = production.sites;
const good = arrivals(record(production, { everyMs: 500 }).recorded, { seed: 3 }).flatMap(
  ({ at, recorded }) => itemsOf(recorded, at).map((item) => ({ item, at: Math.floor(at) })),
);
const begin = good[0]?.at ?? 0;

/** Names of calls and parties of ours only: what a link says about a good call is no bad input but another call. */
const strange = [
  'A',
  '__proto__',
  'constructor',
  '\u0000',
  ' ',
  '/',
  'x'.repeat(255),
  '🙂',
  '"}',
  '%s',
  './..',
];
const uuid = fc.constantFrom(...strange.slice(0, 8).map((text) => `bad${text}`));
const text = fc.oneof(fc.constantFrom('', ...strange), fc.string({ maxLength: 20 }));
const queues = production.queues.map((queue) => queue.number);
const spare = production.agents.map((agent) => agent.loginCode);
const number = fc.oneof(text, fc.constantFrom('8000', '+49301', '510999', ...queues));
/**
 * Far beyond what the wire takes (a day ahead of now), and up to two days before the year 10000, which no event time of
 * the cloud can name: a disposition that nobody chose is told a grace time after the end.
 */
const seconds = fc.oneof(
  fc.constantFrom(946_684_800, Math.floor(begin / 1000), Math.floor(begin / 1000) + 86_400, 1),
  fc.integer({ min: 0, max: 253_402_300_799 - 2 * 86_400 }),
);
const list = fc.dictionary(
  fc.oneof(fc.constantFrom('DispositionCode', 'VQID', '__proto__'), text),
  fc.oneof(text, fc.integer(), fc.constant({ nested: '1' })),
  { maxKeys: 4 },
);
const name = (names: readonly string[]) =>
  fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: text });
const connId = fc.constantFrom('0000000000000000', 'ffffffffffffffff', '00000000000000ab');

const attributes: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  CallUUID: uuid,
  OrigCallUUID: uuid,
  NewCallUUID: uuid,
  RefCallUUID: uuid,
  ConnID: connId,
  NewConnID: connId,
  PreviousConnID: connId,
  TimeinSecs: seconds,
  TimeinuSecs: fc.constantFrom(0, 1, 999_999),
  PartyUUID: uuid,
  RefParty: uuid,
  CtrlParty: uuid,
  DN: number,
  ThisDN: number,
  ThisQueue: number,
  OtherDN: number,
  ThirdPartyDN: number,
  DialedNumber: number,
  ANI: number,
  DNIS: number,
  AgentID: fc.oneof(text, fc.constantFrom(...spare)),
  CallType: name(callTypes),
  PartyType: name(partyTypes),
  PartyState: name(partyStates),
  PartyFlags: fc.array(name(partyFlags), { maxLength: 4 }),
  Cause: name(causes),
  UserData: list,
  Extensions: list,
  Reasons: list,
  ISLinkList: fc.array(fc.record({ LinkId: fc.oneof(text, fc.integer()), Location: text }), { maxLength: 3 }),
};
const needed = [
  'CallUUID',
  'TimeinSecs',
  'PartyUUID',
  'DN',
  'ThisDN',
  'AgentID',
  'NewCallUUID',
  'PartyState',
];
const frame = fc
  .tuple(fc.constantFrom(...modelMessages), fc.record(attributes, { requiredKeys: needed }))
  .map(([message, values]): Frame => ({ message, attributes: values }) as unknown as Frame);

let taken = 0;
let published = 0;

function itemOf(one: Frame): ModelInput | undefined {
  const parsed = parseSipEvent(one);
  if (parsed.kind !== 'message') return undefined;
  taken++;
  return normalise(parsed.value, site, { dispositionKey: 'DispositionCode' });
}

function run(inputs: readonly { readonly item: ModelInput; readonly at: number }[]) {
  const settings = { ...defaultSettings, sites: [], afterCallWorkRequired: true };
  const model = new Model({ settings, scope: 'org/1', map: () => map, repeatsBefore: wallMs(0) });
  const outputs: Output[] = [];
  let last = begin;
  for (const [index, { item, at }] of inputs.entries()) {
    last = at;
    const entry = { received: wallMs(at), content: item };
    outputs.push(...model.accept({ id: `${at}-${index}`, waited: 0, text: '', entry }, streamMs(at)));
    outputs.push(...model.reconsider(undefined));
  }
  for (const rest of [20_000, 2_000_000, 90_000_000])
    outputs.push(...model.reconsider(streamMs(last + rest)));
  const events = outputs.flatMap((output) => (output.type === 'event' ? [output.event.event] : []));
  return { events, faults: outputs.filter(({ type }) => type === 'fault'), open: model.open };
}

const alone = run(good);
const ids = new Set(alone.events.map(({ event }) => event.conversationId));
const ofGood = (events: readonly ConversationEvent[]) =>
  events.filter(({ event }) => ids.has(event.conversationId));

it('any frame that the wire takes, in any order, never makes the model fail and never touches another call', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(frame, fc.nat(good.length)), { minLength: 20, maxLength: 80 }),
      (frames) => {
        const bad = frames.flatMap(([one, place]) => {
          const item = itemOf(one);
          return item === undefined ? [] : [{ item, place }];
        });
        const inputs = good.flatMap((one, index) => [
          ...bad.filter(({ place }) => place === index).map(({ item }) => ({ item, at: one.at })),
          one,
        ]);
        const mixed = run(inputs);
        expect(mixed.faults).toEqual([]);
        published += mixed.events.length - alone.events.length;
        expect(mixed.open).toBe(0);
        expect(ofGood(mixed.events)).toEqual(alone.events);
        expect(violations(mixed.events)).toEqual([]);
      },
    ),
    { numRuns: 400 },
  );
  // Most are taken, or the input would prove nothing.
  expect(taken).toBeGreaterThan(1_000);
  expect(published).toBeGreaterThan(100);
});
