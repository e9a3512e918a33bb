import { expect, test } from 'vitest';
import { InFlight } from './in-flight.ts';

test('one request after the other is not concurrent', () => {
  const inFlight = new InFlight();
  for (let round = 0; round < 3; round++) {
    const arrival = inFlight.arrive();
    const end = inFlight.begin(new Set(['c']));
    expect(inFlight.isConcurrent('c', arrival)).toBe(false);
    end();
  }
});

test('a request that comes while another is unanswered is concurrent, for the shared conversation only', () => {
  const inFlight = new InFlight();
  inFlight.arrive();
  const endFirst = inFlight.begin(new Set(['c', 'd']));
  const arrival = inFlight.arrive();
  const endSecond = inFlight.begin(new Set(['c', 'e']));
  expect(inFlight.isConcurrent('c', arrival)).toBe(true);
  expect(inFlight.isConcurrent('e', arrival)).toBe(false);
  endFirst();
  endSecond();
});

test('a request that had come before the other was answered is concurrent, although it is taken in afterwards', () => {
  const inFlight = new InFlight();
  inFlight.arrive();
  const late = inFlight.arrive();
  const end = inFlight.begin(new Set(['c']));
  end();
  end();
  inFlight.begin(new Set(['c']));
  expect(inFlight.isConcurrent('c', late)).toBe(true);
});
