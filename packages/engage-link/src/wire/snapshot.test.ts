import type { CallUuid, PartyUuid } from '@exec/common/ids';
import { describe, expect, it } from 'vitest';
import { readSnapshot, type SnapshotCall, writeSnapshot } from './snapshot.ts';

const call = (n: number): SnapshotCall => ({
  connId: `006c02462a16100${n}`,
  callUuid: `C${n}` as CallUuid,
  partyUuid: `P${n}` as PartyUuid,
  partyState: 'Held',
});

describe('snapshot of an address', () => {
  it.each([
    { calls: [] },
    { calls: [call(0)], agentStatus: 'NotReady' as const },
    { calls: [call(0), call(1), { connId: '006c02462a161009' }] },
  ])('reads what was written: %j', (snapshot) => {
    expect(readSnapshot(writeSnapshot(snapshot))).toEqual(snapshot);
  });

  it('reads the documented keys', () => {
    const extensions = {
      'conn-0': '006c02462a161006',
      'ps-0': 'Connected',
      AgentStatus: 'AfterCallWork',
      status: 0,
    };
    expect(readSnapshot(extensions)).toEqual({
      calls: [{ connId: '006c02462a161006', partyState: 'Connected' }],
      agentStatus: 'AfterCallWork',
    });
  });

  it('tells nothing from names it does not know', () => {
    expect(readSnapshot({ 'conn-0': 'x', 'ps-0': 'Floating', AgentStatus: 'Asleep' })).toEqual({
      calls: [{ connId: 'x', partyState: 'Unknown' }],
    });
  });
});
