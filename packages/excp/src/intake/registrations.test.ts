import { ExecError } from '@exec/common/errors';
import { silentLogger } from '@exec/common/logging';
import { FakeClock } from '@exec/common/testing';
import type { EventRegistered } from '@exec/engage-link/wire';
import { describe, expect, it } from 'vitest';
import { Registrations } from './registrations.ts';

/** Answers when it is told to. */
class Peer {
  readonly registered = new Set<string>();
  readonly refuse = new Set<string>();
  readonly asked: string[] = [];
  inFlight = 0;
  mostInFlight = 0;
  readonly #waiting: (() => void)[] = [];
  hold = false;

  async registerAddress(dn: string, _type: unknown, signal?: AbortSignal): Promise<EventRegistered> {
    this.asked.push(`+${dn}`);
    await this.#answer();
    signal?.throwIfAborted();
    if (this.refuse.has(dn)) throw new ExecError('link.request-refused', 'no such DN');
    this.registered.add(dn);
    return { ThisDN: dn, Extensions: {} };
  }

  async unregisterAddress(dn: string): Promise<void> {
    this.asked.push(`-${dn}`);
    await this.#answer();
    this.registered.delete(dn);
  }

  answerAll(): void {
    for (const answer of this.#waiting.splice(0)) answer();
  }

  async #answer(): Promise<void> {
    this.inFlight++;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    await (this.hold ? new Promise<void>((resolve) => this.#waiting.push(resolve)) : Promise.resolve());
    this.inFlight--;
  }
}

async function allAnswered(): Promise<void> {
  for (let n = 0; n < 200; n++) await Promise.resolve();
}

function start(window = 10) {
  const peer = new Peer();
  const clock = new FakeClock();
  let complete = 0;
  const registrations = new Registrations({
    registrar: peer,
    type: 'DN',
    clock,
    logger: silentLogger,
    window,
    retryMs: 60_000,
    onComplete: () => complete++,
  });
  return { peer, clock, registrations, completed: () => complete };
}

const names = (count: number) => Array.from({ length: count }, (_, n) => `dn${n}`);

describe('registrations', () => {
  it('are not complete before it is known what there is to register, however early the link is usable', async () => {
    const { peer, registrations, completed } = start();
    peer.hold = true;
    registrations.open();
    await allAnswered();
    expect(completed()).toBe(0);
    registrations.want(['1', '2']);
    await allAnswered();
    expect(completed()).toBe(0);
    peer.answerAll();
    await allAnswered();
    expect(completed()).toBe(1);
  });

  it('cover every wanted address, in a bounded window, and say when they are complete', async () => {
    const { peer, registrations, completed } = start(7);
    registrations.want(names(50));
    peer.hold = true;
    registrations.open();
    await allAnswered();
    expect(peer.inFlight).toBe(7);
    peer.hold = false;
    peer.answerAll();
    await allAnswered();
    expect(peer.registered.size).toBe(50);
    expect(peer.mostInFlight).toBe(7);
    expect(completed()).toBe(1);
  });

  it('follow the mapping by its differences', async () => {
    const { peer, registrations } = start();
    registrations.want(['a', 'b', 'c']);
    registrations.open();
    await allAnswered();
    peer.asked.length = 0;
    registrations.want(['b', 'c', 'd']);
    await allAnswered();
    expect(peer.asked.toSorted()).toEqual(['+d', '-a']);
  });

  it('begin anew on a new connection, and forget answers of the old one', async () => {
    const { peer, registrations, completed } = start();
    registrations.want(['a', 'b']);
    peer.hold = true;
    registrations.open();
    await allAnswered();
    registrations.close();
    peer.hold = false;
    peer.answerAll();
    await allAnswered();
    expect(registrations.registered).toBe(0);
    expect(completed()).toBe(0);
    registrations.open();
    await allAnswered();
    expect(registrations.registered).toBe(2);
    expect(completed()).toBe(1);
  });

  it('try a refused address again later, and only that', async () => {
    const { peer, clock, registrations, completed } = start();
    peer.refuse.add('b');
    registrations.want(['a', 'b']);
    registrations.open();
    await allAnswered();
    expect([registrations.registered, registrations.refused, completed()]).toEqual([1, 1, 1]);
    peer.refuse.clear();
    peer.asked.length = 0;
    await clock.advance(60_000);
    await allAnswered();
    expect(peer.asked).toEqual(['+b']);
    expect(registrations.refused).toBe(0);
    registrations.close();
  });

  it('come back when the server dropped one by itself', async () => {
    const { peer, registrations } = start();
    registrations.want(['a']);
    registrations.open();
    await allAnswered();
    peer.asked.length = 0;
    registrations.dropped('a');
    registrations.dropped('unknown');
    await allAnswered();
    expect(peer.asked).toEqual(['+a']);
  });
});
