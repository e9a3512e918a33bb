/** Runs that were asked for: bounded while they wait, kept for a while after they ended. */
import { describe, expect, it } from 'vitest';
import { Runs } from './runs.ts';

const request = { mode: 'apply' as const, drift: false, forced: true };

describe('runs', () => {
  it('are carried out in the order of asking and then show how they ended', () => {
    const runs = new Runs();
    const first = runs.submit(request, 0);
    const second = runs.submit({ ...request, mode: 'plan' }, 0);
    expect(runs.next()?.id).toBe(first.id);
    runs.end(first.id, 1000, { state: 'done', planId: 'p', counts: { done: 3 } });
    expect(runs.get(first.id)).toMatchObject({
      state: 'done',
      planId: 'p',
      endedAt: '1970-01-01T00:00:01.000Z',
    });
    expect(runs.get(second.id)).toMatchObject({ mode: 'plan', state: 'running', endedAt: null });
    expect(runs.next()?.id).toBe(second.id);
    expect(runs.next()).toBeUndefined();
  });

  it('that wait are limited', () => {
    const runs = new Runs();
    for (let count = 0; count < 20; count++) runs.submit(request, 0);
    expect(() => runs.submit(request, 0)).toThrow(expect.objectContaining({ code: 'sync.busy' }));
  });

  it('that ended are forgotten, the oldest first', () => {
    const runs = new Runs();
    const ids: string[] = [];
    for (let count = 0; count < 150; count++) {
      const { id } = runs.submit(request, 0);
      ids.push(id);
      runs.next();
      runs.end(id, 0, { state: 'done', planId: null, counts: {} });
    }
    expect(ids.filter((id) => runs.get(id) !== undefined)).toEqual(ids.slice(-100));
  });

  it('fail when this instance no longer synchronises', () => {
    const runs = new Runs();
    const { id } = runs.submit(request, 0);
    runs.abandon(5, 'another instance synchronises now');
    expect(runs.get(id)).toMatchObject({ state: 'failed', detail: 'another instance synchronises now' });
  });
});
