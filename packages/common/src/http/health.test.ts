/** Readiness follows the dependencies. */
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../testing/index.ts';
import { Health } from './health.ts';

function setUp() {
  const clock = new FakeClock(Date.UTC(2026, 0, 5, 8));
  const health = new Health({ clock });
  return {
    clock,
    health,
    of: (name: string) => health.ready().dependencies.find((entry) => entry.name === name),
  };
}

describe('Health', () => {
  it('is ready without dependencies', () => {
    expect(setUp().health.ready()).toEqual({ ready: true, stopping: false, dependencies: [] });
  });

  it('is ready when every dependency is up', () => {
    const { health } = setUp();
    const redis = health.dependency('redis');
    const cloud = health.dependency('genesys-cloud', 'no token yet');
    expect(health.ready().ready).toBe(false);
    expect(health.ready().dependencies.map(({ name, detail }) => [name, detail])).toEqual([
      ['redis', 'not tried yet'],
      ['genesys-cloud', 'no token yet'],
    ]);
    redis.up();
    expect(health.ready().ready).toBe(false);
    cloud.up('token valid');
    expect(health.ready().ready).toBe(true);
    cloud.down('401');
    expect(health.ready().ready).toBe(false);
  });

  it('says since when; a new detail alone does not change that', async () => {
    const { clock, health, of } = setUp();
    const redis = health.dependency('redis');
    await clock.advance(1000);
    redis.down('refused');
    expect(of('redis')).toMatchObject({ up: false, since: '2026-01-05T08:00:00.000Z', detail: 'refused' });
    await clock.advance(1000);
    redis.up();
    expect(of('redis')).toMatchObject({ up: true, since: '2026-01-05T08:00:02.000Z' });
    await clock.advance(1000);
    redis.up('still');
    expect(of('redis')).toMatchObject({ since: '2026-01-05T08:00:02.000Z', detail: 'still' });
  });

  it('does not need what is not required', () => {
    const { health } = setUp();
    const optional = health.dependency('redis', 'absent', { required: false });
    expect(health.ready().ready).toBe(true);
    optional.down('lost');
    expect(health.ready()).toMatchObject({ ready: true, dependencies: [{ required: false, up: false }] });
  });

  it('keeps the state of a dependency that is declared again, and forgets one that is removed', () => {
    const { health } = setUp();
    health.dependency('link').up();
    health.dependency('link');
    expect(health.ready().ready).toBe(true);
    health.dependency('other');
    health.forget('other');
    expect(health.ready().ready).toBe(true);
  });

  it('is ready as a standby, and says so', () => {
    const { health } = setUp();
    expect(health.ready()).not.toHaveProperty('active');
    health.setActive(false);
    expect(health.ready()).toMatchObject({ ready: true, active: false });
    health.setActive(true);
    expect(health.ready()).toMatchObject({ active: true });
  });

  it('is not ready once it is stopping', () => {
    const { health } = setUp();
    health.stopping();
    expect(health.ready()).toMatchObject({ ready: false, stopping: true });
  });
});
