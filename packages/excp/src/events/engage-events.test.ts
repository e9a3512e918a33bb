import { describe, expect, it } from 'vitest';
import { connectionOf, type EngageEvent } from './engage-events.ts';

const connections = {
  calls: [
    ...(['call-created', 'call-data', 'party-added', 'party-state'] as const),
    ...(['party-moved', 'party-deleted', 'call-deleted'] as const),
  ],
  queues: ['queued', 'diverted', 'abandoned'],
  extensions: ['agent-login', 'agent-logout', 'disposition', 'mute'],
} as const satisfies Record<string, readonly EngageEvent['kind'][]>;

describe.each(Object.entries(connections))('the connection of the %s tells', (connection, kinds) => {
  it.each(kinds)('%s', (kind) => {
    expect(connectionOf(kind)).toBe(connection);
  });
});
