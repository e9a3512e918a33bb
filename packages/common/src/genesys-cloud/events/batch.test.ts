import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudBatchLimits, halve, jsonBytes, safeBatchLimits, splitEvents } from './batch.ts';
import { voiceEventKinds } from './voice.ts';

describe('splitEvents', () => {
  it('keeps all events in order, within both limits, in as few batches as the order allows', () => {
    const event = fc.record({ id: fc.nat(), text: fc.string({ maxLength: 200, unit: 'grapheme' }) });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 300 }),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1_500, max: 20_000 }),
        (events, maxEvents, maxBytes) => {
          const { batches, tooLarge } = splitEvents(events, { maxEvents, maxBytes });
          expect(batches.flat()).toEqual(events.filter((e) => !tooLarge.includes(e)));
          for (const [index, batch] of batches.entries()) {
            expect(batch.length).toBeGreaterThan(0);
            expect(batch.length).toBeLessThanOrEqual(maxEvents);
            // In whatever arrays the events stand in the body.
            const body = Object.fromEntries(voiceEventKinds.map((kind) => [kind, [] as unknown[]]));
            body[voiceEventKinds[0] ?? ''] = [...batch];
            expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(maxBytes);
            const next = batches[index + 1]?.[0];
            if (next === undefined) continue;
            const bytes = batch.reduce((sum, e) => sum + jsonBytes(e), 1_024);
            expect(batch.length === maxEvents || bytes + jsonBytes(next) > maxBytes).toBe(true);
          }
        },
      ),
    );
  });

  it('sets events aside that are too large alone', () => {
    const large = { text: 'ü'.repeat(250_000) };
    const { batches, tooLarge } = splitEvents([{ text: 'a' }, large, { text: 'b' }]);
    expect(batches).toEqual([[{ text: 'a' }, { text: 'b' }]]);
    expect(tooLarge).toEqual([large]);
  });

  it('gives nothing for nothing', () => {
    expect(splitEvents([])).toEqual({ batches: [], tooLarge: [] });
  });

  it('stops well below what the cloud takes', () => {
    expect(safeBatchLimits.maxEvents).toBe(100);
    expect(safeBatchLimits.maxBytes).toBeLessThan(cloudBatchLimits.maxBytes);
  });
});

describe('halve', () => {
  it('finds a bad event in few steps and loses none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.nat(), (size, seed) => {
        const bad = seed % size;
        let batch: readonly number[] = Array.from({ length: size }, (_, index) => index);
        let steps = 0;
        while (batch.length > 1) {
          const [left, right] = halve(batch);
          expect([...left, ...right]).toEqual(batch);
          batch = left.includes(bad) ? left : right;
          steps++;
        }
        expect(batch).toEqual([bad]);
        expect(steps).toBeLessThanOrEqual(7);
      }),
    );
  });
});
