/** The contract as files: what the schema accepts is what the services accept, and every recorded frame is within it. */
import { wallMs } from '@exec/common/instants';
import { boundsFault, linkJsonSchema, parseSipEvent, parseStatEvent } from '@exec/engage-link/wire';
import { scenarios } from '@exec/simulators/scenarios';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { type ScenarioLine, scenarioFiles } from './scenario-files.ts';

const ajv = new Ajv2020({ strict: true, strictTypes: false });
ajv.addSchema(linkJsonSchema(), 'link');
const way = (direction: 'FromSipServer' | 'FromStatServer') => {
  const validate = ajv.getSchema(`link#/$defs/${direction}`);
  if (validate === undefined) throw new Error(`no schema ${direction}`);
  return validate;
};

/** Far enough ahead of the recordings. */
const now = wallMs(Date.UTC(2026, 1, 1));

type FrameLine = Exclude<ScenarioLine, { readonly connections: unknown }>;
const lines = scenarios.flatMap((scenario) =>
  scenarioFiles(scenario).frames.filter((line): line is FrameLine => 'connection' in line),
);

function verdicts({ connection, message, attributes }: FrameLine): { schema: boolean; service: boolean } {
  const frame = { message, attributes };
  const statistics = connection === 'statistics';
  const parsed = statistics ? parseStatEvent(frame) : parseSipEvent(frame);
  return {
    schema: way(statistics ? 'FromStatServer' : 'FromSipServer')(frame) === true,
    service: parsed.kind === 'message' && boundsFault(frame, now) === undefined,
  };
}

/** As a client that has chosen the number of its statistic would get it. */
const received = (line: FrameLine): FrameLine =>
  line.connection === 'statistics' ? { ...line, attributes: { ...line.attributes, ReferenceID: 7 } } : line;

describe('the files of the scenarios', () => {
  it('hold frames that schema and services accept', () => {
    expect(lines.length).toBeGreaterThan(2_500);
    const refused = lines.filter((line) => {
      const { schema: one, service } = verdicts(received(line));
      return !one || !service;
    });
    expect(refused).toEqual([]);
  });

  it('say in the native form what they say as frames, line by line', () => {
    for (const scenario of scenarios) {
      const { frames, native } = scenarioFiles(scenario);
      const head = (line: ScenarioLine) =>
        'connections' in line ? line : [line.site, line.connection, line.subject, line.message];
      expect(native.map(head)).toEqual(frames.map(head));
    }
  });

  it('are the same each time', () => {
    const [first] = scenarios;
    if (first === undefined) throw new Error('no scenario');
    expect(scenarioFiles(first)).toEqual(scenarioFiles(first));
  });
});

describe('the schema', () => {
  const samples = new Map<string, FrameLine>();
  for (const line of lines) {
    const known = samples.get(line.message)?.attributes ?? {};
    const { attributes } = received(line);
    if (Object.keys(attributes).length > Object.keys(known).length)
      samples.set(line.message, { ...line, attributes });
  }
  const wrong: readonly unknown[] = [undefined, null, true, -1, 0, 1.5, 5_000_000_000_000, '', [], {}, [1]];

  it.each([...samples])('judges %s as the services do, whatever one attribute holds', (_, line) => {
    for (const name of Object.keys(line.attributes))
      for (const value of [...wrong, 'x'.repeat(256), 'x'.repeat(65_537)]) {
        // The future is judged by the receiver's clock, which no schema knows.
        if (name === 'TimeinSecs' && value === 5_000_000_000_000) continue;
        const frame = { ...line, attributes: { ...line.attributes, [name]: value } };
        const { schema: one, service } = verdicts(JSON.parse(JSON.stringify(frame)) as FrameLine);
        expect({ name, value, accepted: one }).toEqual({ name, value, accepted: service });
      }
  });

  it('refuses what is no frame', () => {
    for (const frame of [null, [], {}, { message: 'EventACK' }, { message: 'EventNone', attributes: {} }])
      expect(way('FromSipServer')(frame)).toBe(false);
  });
});
