import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Agenda } from './agenda.ts';

describe('an agenda', () => {
  it('runs everything by time, and in the order of adding at the same time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
        const agenda = new Agenda();
        const ran: [number, number][] = [];
        for (const [index, at] of times.entries()) agenda.add(at, (now) => ran.push([now, index]));
        agenda.run();
        const sorted = times
          .map((at, index): [number, number] => [at, index])
          .toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
        expect(ran).toEqual(sorted);
      }),
    );
  });

  it('runs what is added meanwhile at its time', () => {
    const agenda = new Agenda();
    const ran: string[] = [];
    agenda.add(1, (at) => {
      ran.push('first');
      agenda.add(at + 1, () => ran.push('second'));
    });
    agenda.add(3, () => ran.push('third'));
    agenda.run();
    expect(ran).toEqual(['first', 'second', 'third']);
  });
});
