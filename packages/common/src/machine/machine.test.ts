import { describe, expect, it } from 'vitest';
import { createRegistry } from '../metrics.ts';
import { FakeClock, type LogLine, loggedLines } from '../testing/index.ts';
import { Machine, machineMetrics, type Step, type Timeout, type TimerEffect } from './machine.ts';

type State = { readonly phase: 'closed' } | { readonly phase: 'open'; readonly visits: number };
type Input = { readonly type: 'push' } | { readonly type: 'shake' };
type Effect = { readonly type: 'ring' } | { readonly type: 'break' };

/** A door that shuts by itself after a second; pushed while it is open, it stays open longer. */
function door(
  state: State,
  input: Input | Timeout<'shut'>,
): Step<State, Effect | TimerEffect<'shut'>> | undefined {
  switch (input.type) {
    case 'push':
      return {
        state: { phase: 'open', visits: state.phase === 'open' ? state.visits + 1 : 1 },
        effects: [{ type: 'break' }, { type: 'ring' }, { type: 'set-timer', timer: 'shut', ms: 1000 }],
      };
    case 'shake':
      if (state.phase === 'closed') return undefined;
      return { state, effects: [{ type: 'clear-timer', timer: 'shut' }] };
    case 'timeout':
      return { state: { phase: 'closed' }, effects: [] };
  }
}

function setUp() {
  const clock = new FakeClock();
  const registry = createRegistry({ service: 'test', version: '0', processMetrics: false });
  const { logger, lines } = loggedLines();
  const rung: string[] = [];
  const machine = new Machine<State, Input, Effect, 'shut'>({
    name: 'door',
    initial: { phase: 'closed' },
    next: door,
    carryOut: (effect) => {
      if (effect.type === 'break') throw new Error('the hinge broke');
      rung.push(`${machine.state.phase} ${machine.state.phase === 'open' ? machine.state.visits : ''}`);
      if (rung.length === 1) {
        machine.input({ type: 'push' });
        rung.push('the input of an effect waits');
      }
    },
    clock,
    logger,
    metrics: machineMetrics(registry),
  });
  const counted = async (name: string) => (await registry.getSingleMetric(name)?.get())?.values ?? [];
  return { machine, clock, rung, lines, counted };
}

describe('the runner', () => {
  it('carries out all effects of an input before the next, also when one of them throws', () => {
    const { machine, rung, lines } = setUp();
    machine.input({ type: 'push' });
    expect(rung).toEqual(['open 1', 'the input of an effect waits', 'open 2']);
    expect(lines().filter(({ level }: LogLine) => level === 'error')).toHaveLength(2);
  });

  it('owns one timer of each name; a cleared or replaced one never fires', async () => {
    const { machine, clock } = setUp();
    machine.input({ type: 'push' });
    await clock.advance(900);
    machine.input({ type: 'push' });
    await clock.advance(900);
    expect(machine.state.phase).toBe('open');
    await clock.advance(100);
    expect(machine.state.phase).toBe('closed');
    machine.input({ type: 'push' });
    machine.input({ type: 'shake' });
    await clock.advance(10_000);
    expect([machine.state.phase, clock.pendingTimers]).toEqual(['open', 0]);
  });

  it('counts each transition, and logs it at debug', async () => {
    const { machine, clock, counted, lines } = setUp();
    machine.input({ type: 'push' });
    await clock.advance(1000);
    expect(await counted('exec_state_transitions_total')).toEqual([
      { labels: { machine: 'door', from: 'closed', to: 'open' }, value: 1 },
      { labels: { machine: 'door', from: 'open', to: 'closed' }, value: 1 },
    ]);
    expect(
      lines()
        .filter(({ level }) => level === 'debug')
        .map(({ message }) => message),
    ).toEqual(['door: closed -> open', 'door: open -> closed']);
  });

  it('counts an input that a phase does not expect, and says it once', async () => {
    const { machine, counted, lines } = setUp();
    machine.input({ type: 'shake' });
    machine.input({ type: 'shake' });
    expect(machine.state).toEqual({ phase: 'closed' });
    expect(await counted('exec_unexpected_inputs_total')).toEqual([
      { labels: { machine: 'door', state: 'closed', input: 'shake' }, value: 2 },
    ]);
    expect(lines().filter(({ level }) => level === 'warn')).toHaveLength(1);
  });
});
