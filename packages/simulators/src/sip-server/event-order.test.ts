import { describe, expect, it } from 'vitest';
import { CallModelScript as Script } from './testing/call-model-script.ts';

describe('inbound through a routing point and a virtual queue', () => {
  it('is told as the call model has it', () => {
    const script = new Script();
    const call = script.on.inboundCall({ ani: '+99901', dnis: '800', routingPoint: '8000' });
    expect(script.take()).toEqual({
      monitoring: ['C1: created Inbound', 'C1: +A Connected', 'C1: +RP Queued'],
      dns: [],
    });
    script.on.queue(call, 'VQ_1');
    expect(script.take()).toEqual({ monitoring: ['C1: changed UserData'], dns: ['VQ1: C1: Queued'] });
    script.on.divertTo(call, '5001', { queue: 'VQ_1' });
    expect(script.take()).toEqual({
      monitoring: ['C1: +B Alerting (Route)', 'C1: -RP (Route)'],
      dns: ['VQ1: C1: Diverted to B'],
    });
    script.on.answer(call, '5001');
    expect(script.take()).toEqual({ monitoring: ['C1: B Connected'], dns: ['B: UserEvent AB'] });
    script.on.release(call, '5001');
    expect(script.take()).toEqual({
      monitoring: ['C1: -B (Normal)', 'C1: -A (Normal)', 'C1: deleted'],
      dns: [],
    });
  });

  it('stays on the routing point until the answer when the switch is set so', () => {
    const script = new Script({ divertOnRinging: false });
    const call = script.on.inboundCall({ ani: '+99901', dnis: '800', routingPoint: '8000' });
    script.on.queue(call, 'VQ_1');
    script.take();
    script.on.divertTo(call, '5001', { queue: 'VQ_1' });
    expect(script.take()).toEqual({ monitoring: ['C1: +B Alerting (Route)'], dns: [] });
    script.on.answer(call, '5001');
    expect(script.take()).toEqual({
      monitoring: ['C1: B Connected', 'C1: -RP (Route)'],
      dns: ['VQ1: C1: Diverted to B', 'B: UserEvent AB'],
    });
  });

  it('tells the queue that did not deliver without a target', () => {
    const script = new Script();
    const call = script.on.inboundCall({ ani: '+99901', dnis: '800', routingPoint: '8000' });
    script.on.queue(call, 'VQ_1');
    script.on.queue(call, 'VQ_2');
    script.take();
    script.on.divertTo(call, '5001', { queue: 'VQ_2' });
    expect(script.take().dns).toEqual(['VQ1: C1: Diverted', 'VQ2: C1: Diverted to B']);
  });
});

describe('abandoning', () => {
  it('in the queue: the caller leaves, then the routing point', () => {
    const script = new Script();
    const call = script.on.inboundCall({ ani: '+99901', dnis: '800', routingPoint: '8000' });
    script.on.queue(call, 'VQ_1');
    script.take();
    script.on.abandon(call, '+99901');
    expect(script.take()).toEqual({
      monitoring: ['C1: -A (Abandoned)', 'C1: -RP (Abandoned)', 'C1: deleted'],
      dns: ['VQ1: C1: Abandoned'],
    });
  });

  it('while a telephone rings: that one leaves first', () => {
    const script = new Script();
    const call = script.on.inboundCall({ ani: '+99901', dnis: '800', routingPoint: '8000' });
    script.on.queue(call, 'VQ_1');
    script.on.divertTo(call, '5001', { queue: 'VQ_1' });
    script.take();
    script.on.release(call, '+99901');
    expect(script.take()).toEqual({
      monitoring: ['C1: -B (Abandoned)', 'C1: -A (Abandoned)', 'C1: deleted'],
      dns: [],
    });
  });
});

describe('no answer', () => {
  it('brings the call back to the routing point and into the queue by a new stay', () => {
    const script = new Script();
    const call = script.on.inboundCall({ ani: '+99901', dnis: '800', routingPoint: '8000' });
    const first = script.on.queue(call, 'VQ_1');
    script.on.divertTo(call, '5001', { queue: 'VQ_1' });
    script.take();
    script.on.redirectNoAnswer(call, '5001');
    const second = script.on.queue(call, 'VQ_1');
    script.on.notReady('5001');
    expect(second).not.toBe(first);
    expect(script.take()).toEqual({
      monitoring: ['C1: -B (NoAnswer)', 'C1: +RP Queued'],
      dns: ['VQ1: C1: Queued', 'B: AgentNotReady'],
    });
  });

  it('may be redirected to another telephone', () => {
    const script = new Script();
    const call = script.on.inboundCall({ ani: '+99901', dnis: '800', extension: '5001' });
    script.take();
    script.on.redirectNoAnswer(call, '5001', '5002');
    expect(script.take().monitoring).toEqual(['C1: -B (Redirect)', 'C1: +C Alerting']);
  });
});

describe('outbound and internal', () => {
  it('outbound, answered', () => {
    const script = new Script();
    const call = script.on.dial('5001', '+99901');
    expect(script.take().monitoring).toEqual(['C1: created Outbound', 'C1: +B Dialing', 'C1: +A Alerting']);
    script.on.answer(call, '+99901');
    expect(script.take()).toEqual({
      monitoring: ['C1: A Connected', 'C1: B Connected'],
      dns: ['B: UserEvent BA'],
    });
  });

  it('internal: both agents get the participants', () => {
    const script = new Script();
    const call = script.on.dial('5001', '5002');
    script.on.answer(call, '5002');
    expect(script.take()).toEqual({
      monitoring: [
        'C1: created Internal',
        'C1: +B Dialing',
        'C1: +C Alerting',
        'C1: C Connected',
        'C1: B Connected',
      ],
      dns: ['B: UserEvent BC', 'C: UserEvent BC'],
    });
  });

  it.each([
    ['Busy', 'Busy'],
    ['NoAnswer', 'Failed'],
    ['Reject', 'Failed'],
  ] as const)('failed: %s', (cause, state) => {
    const script = new Script();
    const call = script.on.dial('5001', '+99901');
    script.take();
    script.on.fail(call, '+99901', cause);
    expect(script.take().monitoring).toEqual([
      `C1: A ${state} (${cause})`,
      `C1: -A (${cause})`,
      `C1: -B (${cause})`,
      'C1: deleted',
    ]);
  });
});

describe('hold', () => {
  it('is told of the holding party only', () => {
    const script = new Script();
    const call = script.talk();
    script.on.hold(call, '5001');
    script.on.retrieve(call, '5001');
    expect(script.take()).toEqual({ monitoring: ['C1: B Held', 'C1: B Connected'], dns: [] });
  });

  it('may end by the other side hanging up', () => {
    const script = new Script();
    const call = script.talk();
    script.on.hold(call, '5001');
    script.take();
    script.on.release(call, '+99901');
    expect(script.take().monitoring).toEqual(['C1: -A (Normal)', 'C1: -B (Normal)', 'C1: deleted']);
  });
});
