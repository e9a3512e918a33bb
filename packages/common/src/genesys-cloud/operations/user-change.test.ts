import { describe, expect, it } from 'vitest';
import { asId, type CloudUserId } from '../../ids.ts';
import { CloudError } from '../errors.ts';
import type { RecordedCall } from '../testing/recording-caller.ts';
import { RecordingCaller } from '../testing/recording-caller.ts';
import type { User } from './user-schemas.ts';
import { UserOperations } from './users.ts';

const id = asId<CloudUserId>('u1');

/** A user whose version others move `disturbances` times, between our read and our write. */
function disturbed(disturbances: number, conflict: CloudError) {
  const caller = new RecordingCaller();
  const sleeps: number[] = [];
  let version = 1;
  let left = disturbances;
  const answer = (call: RecordedCall): unknown => {
    if (call.method === 'GET') return { id, name: 'old', version };
    if (left > 0) {
      left--;
      version++;
      return conflict;
    }
    expect(call.body).toEqual({ version, name: 'new' });
    version++;
    return { id, name: 'new', version };
  };
  caller.answer = answer;
  const users = new UserOperations(caller, async (ms) => void sleeps.push(ms));
  return { caller, users, sleeps };
}

const as409 = new CloudError('cloud.conflict', 'c', { httpStatus: 409, cloudCode: 'general.conflict' });
const as400 = new CloudError('cloud.conflict', 'c', {
  httpStatus: 400,
  cloudCode: 'general.conflict',
  cloudMessage: 'Version 1 does not match the current version 2',
});

describe('change', () => {
  it.each([
    ['409', as409],
    ['400', as400],
  ])('reads again and repeats after a version conflict (%s)', async (_, conflict) => {
    const { caller, users, sleeps } = disturbed(3, conflict);
    const changed = await users.change(id, () => ({ name: 'new' }));
    expect(changed.name).toBe('new');
    expect(caller.calls.map((call) => call.method).join(' ')).toBe('GET PATCH GET PATCH GET PATCH GET PATCH');
    expect(sleeps).toEqual([500, 1_000, 1_500]);
  });

  it('waits as long as the cloud asks', async () => {
    const conflict = new CloudError('cloud.conflict', 'c', { ...as409, retryAfterMs: 4_000 });
    const { users, sleeps } = disturbed(1, conflict);
    await users.change(id, () => ({ name: 'new' }));
    expect(sleeps).toEqual([4_000]);
  });

  it('ends after ten rounds', async () => {
    const { caller, users } = disturbed(100, as409);
    await expect(users.change(id, () => ({ name: 'new' }))).rejects.toBe(as409);
    expect(caller.calls.filter((call) => call.method === 'PATCH')).toHaveLength(10);
  });

  it('changes nothing when nothing needs to be changed, also after a conflict', async () => {
    const { caller, users } = disturbed(1, as409);
    let rounds = 0;
    const read = await users.change(id, () => (++rounds === 1 ? { name: 'new' } : undefined));
    expect(read.version).toBe(2);
    expect(caller.calls.map((call) => call.method)).toEqual(['GET', 'PATCH', 'GET']);
  });

  it('does not read a user that is known', async () => {
    const { caller, users } = disturbed(0, as409);
    const known: User = { id, version: 1 };
    await users.change(id, () => ({ name: 'new' }), { known });
    expect(caller.calls.map((call) => call.method)).toEqual(['PATCH']);
  });

  it('passes other errors on at once', async () => {
    const refused = new CloudError('cloud.refused', 'no', {
      httpStatus: 400,
      cloudCode: 'general.bad.request',
    });
    const { caller, users } = disturbed(1, refused);
    await expect(users.change(id, () => ({ name: 'new' }))).rejects.toBe(refused);
    expect(caller.calls).toHaveLength(2);
  });

  it('does not guess a version', async () => {
    const { caller, users } = disturbed(0, as409);
    caller.answer = () => ({ id });
    await expect(users.change(id, () => ({ name: 'new' }))).rejects.toMatchObject({
      code: 'cloud.response-invalid',
    });
  });
});
