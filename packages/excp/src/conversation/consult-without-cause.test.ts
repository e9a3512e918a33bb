/**
 * No event says why an agent who consults has left, and a queue may still have been between: what is waited for is that
 * queue, and the consultation is completed after that. A consult transfer that has begun is never left open.
 */

import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';
import { engageMicros } from '@exec/common/instants';
import { produce, scenarioNamed } from '@exec/simulators/scenarios';
import { expect, it } from 'vitest';
import { mappingOf } from '../testing/mapping.ts';
import { Player } from '../testing/replay.ts';

const production = produce([scenarioNamed('consult-completed')]);
const [site] = production.sites;
const [agent, expert] = production.agents.filter(({ mapped }) => mapped);
const start = Date.UTC(2026, 0, 5, 8);

it('an agent who leaves for a routing point and the party that he consults: the consultation is completed', () => {
  const player = new Player({ map: mappingOf(production), settings: { sites: [] } });
  let now = start;
  const of = (call: string, party: string) => {
    now += 100;
    return { site, call: asId<CallUuid>(call), party: asId<PartyUuid>(party), at: engageMicros(now * 1000) };
  };
  const joins = (
    call: string,
    party: string,
    who: { readonly dn?: string; readonly loginCode?: string } | undefined,
    state: 'Connected' | 'Held' | 'Dialing',
  ) =>
    player.play(
      {
        kind: 'party-added',
        ...of(call, party),
        ...{ dn: who?.dn ?? '', type: 'Extension', state, agentId: who?.loginCode },
      },
      now,
    );
  const begins = (call: string, type: 'Inbound' | 'Consult', origCall?: CallUuid) => {
    const { party: _, ...named } = of(call, '');
    player.play({ kind: 'call-created', ...named, type, origCall }, now);
  };
  begins('main', 'Inbound');
  player.play(
    { kind: 'party-added', ...of('main', 'customer'), dn: '+49301', type: 'External', state: 'Connected' },
    now,
  );
  joins('main', 'agent', agent, 'Held');
  begins('second', 'Consult', asId<CallUuid>('main'));
  joins('second', 'agent-again', agent, 'Dialing');
  joins('second', 'expert', expert, 'Connected');
  player.play(
    { kind: 'party-added', ...of('main', 'routing'), dn: '8000', type: 'RoutingPoint', state: 'Queued' },
    now,
  );
  player.play({ kind: 'party-deleted', ...of('main', 'agent'), dn: agent?.dn ?? '' }, now);
  expect(player.events.map(({ kind }) => kind)).not.toContain('endConsultTransferEvents');
  player.rest(now + 5_000);
  const kinds = player.events.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind.includes('Transfer'))).toEqual([
    'consultTransferEvents',
    'progressConsultTransferEvents',
    'endConsultTransferEvents',
  ]);
});
