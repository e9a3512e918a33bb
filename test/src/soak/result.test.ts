import { describe, expect, it } from 'vitest';
import { findingsOf, type SoakResult } from './result.ts';

const growth = { level: 10, perHour: 60, low: 50, high: 70, grows: true };

function result(o: Partial<SoakResult>): SoakResult {
  return {
    ...{
      date: '',
      minutes: 10,
      restMinutes: 0,
      callsPerSecond: 1,
      changesPerSecond: 1,
      graceSeconds: 300,
      niceness: 0,
    },
    machine: { cpu: '', cores: 2, memoryGiB: 8, kernel: '', node: '', redis: '' },
    ...{ cores: { own: 1, others: 0 }, lateByMs: 0, calls: 600, stateChanges: 600, configChanges: 0 },
    ...{ events: { due: 100, accepted: 100, refused: 0, repeated: 3 }, answers429: 0 },
    ...{ restarts: [], figures: [] },
    ...o,
  };
}

describe('what a soak finds', () => {
  it('is nothing when nothing grows and nothing is lost', () => {
    expect(findingsOf(result({}))).toEqual([]);
  });

  it('names what grows, what is lost, and what did not come back', () => {
    const findings = findingsOf(
      result({
        figures: [
          { name: 'excp-1: memory', unit: 'MiB', growth, points: [] },
          { name: 'EXCP: events not processed', unit: 'events', growth, points: [] },
          { name: 'exas-1: memory', unit: 'MiB', growth: { ...growth, grows: false }, points: [] },
        ],
        events: { due: 100, accepted: 99, refused: 1, repeated: 0 },
        restarts: [{ at: 90, part: 'redis', recovered: undefined }],
      }),
    );
    expect(findings).toEqual([
      'excp-1: memory grows by 60.0 MiB an hour',
      'EXCP: events not processed grows by 60.0 events an hour',
      'the cloud accepted 99 voice events of 100',
      'the cloud refused 1 voice events',
      'not everything was well again after the restart of redis at 1.5 min',
    ]);
  });

  it('is no matter of time on a machine that could not even play the calls', () => {
    const starved = result({
      calls: 500,
      figures: [
        { name: 'excp-1: handles', unit: 'handles', growth, points: [] },
        { name: 'EXCP: events not processed', unit: 'events', growth, points: [] },
      ],
      restarts: [{ at: 90, part: 'redis', recovered: undefined }],
    });
    expect(findingsOf(starved)).toEqual(['excp-1: handles grows by 60.0 handles an hour']);
  });
});
