import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { type AgentStateInput, nextAgentState } from './agent-state.ts';
import type { References, RuleCode } from './outcome.ts';

const ada = randomUUID();
const inactive = randomUUID();
const source = randomUUID();
const busy = randomUUID();
const references: References = {
  user: (id) => (id === ada ? 'active' : id === inactive ? 'inactive' : undefined),
  queue: () => false,
  skill: () => false,
  language: () => false,
  wrapupCode: () => false,
  source: (id) => id === source,
  definition: (id) => id === busy,
  conversation: () => false,
  conversationOf: () => undefined,
};
const routing: AgentStateInput = { eventId: randomUUID(), userId: ada, sourceId: source, at: 1_000 };
const presence: AgentStateInput = { ...routing, presence: { definitionId: busy } };

test.each<[string, AgentStateInput, number | undefined, RuleCode | undefined]>([
  ['the first presence', presence, undefined, undefined],
  ['the first routing status', routing, undefined, undefined],
  ['a later one', routing, 999, undefined],
  ['one of the same time', routing, 1_000, 'time.not-rising'],
  ['an earlier one', routing, 1_001, 'time.not-rising'],
  ['a message alone', { ...routing, presence: { message: 'hi' } }, undefined, undefined],
  ['a presence that says nothing', { ...routing, presence: {} }, undefined, 'presence.says-nothing'],
  [
    'an unknown definition',
    { ...routing, presence: { definitionId: randomUUID() } },
    undefined,
    'definition.unknown',
  ],
  ['an unknown user', { ...routing, userId: randomUUID() }, undefined, 'user.unknown'],
  ['a user who is not active', { ...routing, userId: inactive }, undefined, undefined],
  ['an unknown source', { ...routing, sourceId: randomUUID() }, undefined, 'source.unknown'],
  [
    'a presence with another kind of UUID',
    { ...presence, eventId: '6f1d2c1e-8f1b-1c0a-9d0e-2b7f5a3c9e11' },
    undefined,
    'id.not-v4',
  ],
])('%s', (_name, input, lastAt, code) => {
  const outcome = nextAgentState(lastAt, input, references);
  if (code === undefined) expect(outcome).toEqual({ kind: 'accepted', state: 1_000 });
  else expect(outcome).toMatchObject({ kind: 'refused', broken: { code } });
});
