import { describe, expect, it } from 'vitest';
import { CallModelScript as Script } from './testing/call-model-script.ts';

describe('consultation', () => {
  function consult(o: { transferStyle?: 'add' | 'move' } = {}) {
    const script = new Script(o);
    const main = script.talk();
    const second = script.on.consult(main, '5001', '5002');
    return { script, main, second };
  }

  it('begins with the hold; only the consulted agent gets the participants', () => {
    const { script, second } = consult();
    script.on.answer(second, '5002');
    expect(script.take()).toEqual({
      monitoring: [
        'C1: B Held',
        'C2: created Consult of C1',
        'C2: +B Dialing',
        'C2: +C Alerting',
        'C2: C Connected',
        'C2: B Connected',
      ],
      dns: ['C: UserEvent BC'],
    });
  });

  it('completed', () => {
    const { script, main, second } = consult();
    script.on.answer(second, '5002');
    script.take();
    script.on.completeTransfer(main, second, '5001');
    expect(script.take()).toEqual({
      monitoring: [
        'C1: -B (Transfer)',
        'C1: +C Connected (Transfer)',
        'C2: -B (Transfer)',
        'C2: -C (Transfer)',
        'C2: deleted into C1',
      ],
      dns: ['C: UserEvent AC'],
    });
  });

  it('completed, with the party moved', () => {
    const { script, main, second } = consult({ transferStyle: 'move' });
    script.on.answer(second, '5002');
    script.take();
    script.on.completeTransfer(main, second, '5001');
    expect(script.take().monitoring).toEqual([
      'C1: -B (Transfer)',
      'C2: C moved to C1 (Transfer)',
      'C2: -B (Transfer)',
      'C2: deleted into C1',
    ]);
  });

  it('completed before the answer: the telephone rings on in the first call', () => {
    const { script, main, second } = consult();
    script.take();
    script.on.completeTransfer(main, second, '5001');
    script.on.answer(main, '5002');
    expect(script.take().monitoring).toEqual([
      'C1: -B (Transfer)',
      'C1: +C Alerting (Transfer)',
      'C2: -B (Transfer)',
      'C2: -C (Transfer)',
      'C2: deleted into C1',
      'C1: C Connected',
    ]);
  });

  it('reconnected', () => {
    const { script, main, second } = consult();
    script.on.answer(second, '5002');
    script.take();
    script.on.reconnect(main, second, '5001');
    expect(script.take().monitoring).toEqual([
      'C2: -C (Normal)',
      'C2: -B (Normal)',
      'C2: deleted',
      'C1: B Connected',
    ]);
  });

  it('lives on when the customer hangs up meanwhile', () => {
    const { script, main, second } = consult();
    script.on.answer(second, '5002');
    script.take();
    script.on.release(main, '+99901');
    expect(script.take().monitoring).toEqual(['C1: -A (Normal)', 'C1: -B (Normal)', 'C1: deleted']);
    expect(script.on.calls.get(second)?.callType).toBe('Consult');
  });

  it('of a queue carries the consultation, then the first call when it is completed while waiting', () => {
    const script = new Script();
    const main = script.talk();
    const second = script.on.consultQueue(main, '5001', '8000');
    script.on.queue(second, 'VQ_2');
    expect(script.take()).toEqual({
      monitoring: ['C1: B Held', 'C2: created Consult of C1', 'C2: +B Dialing', 'C2: +RP Queued'],
      dns: ['VQ2: C2: Queued'],
    });
    script.on.completeTransfer(main, second, '5001');
    script.on.divertTo(main, '5002', { queue: 'VQ_2' });
    expect(script.take()).toEqual({
      monitoring: [
        'C1: -B (Transfer)',
        'C1: +RP Queued (Transfer)',
        'C2: -B (Transfer)',
        'C2: -RP (Transfer)',
        'C2: deleted into C1',
        'C1: +C Alerting (Route)',
        'C1: -RP (Route)',
      ],
      dns: ['VQ2: C1: Diverted to C'],
    });
  });
});

describe('single-step transfer', () => {
  it('to an agent: the target comes, the agent leaves', () => {
    const script = new Script();
    const call = script.talk();
    script.on.singleStepTransfer(call, '5001', '5002');
    script.on.answer(call, '5002');
    expect(script.take()).toEqual({
      monitoring: ['C1: +C Alerting (SingleStepTransfer)', 'C1: -B (SingleStepTransfer)', 'C1: C Connected'],
      dns: ['C: UserEvent AC'],
    });
  });

  it('to a queue: the routing point comes, the agent leaves, then it is as inbound', () => {
    const script = new Script();
    const call = script.talk();
    script.on.transferToRoutingPoint(call, '5001', '8000');
    script.on.queue(call, 'VQ_2');
    script.on.divertTo(call, '5002', { queue: 'VQ_2' });
    expect(script.take()).toEqual({
      monitoring: [
        'C1: +RP Queued (SingleStepTransfer)',
        'C1: -B (SingleStepTransfer)',
        'C1: +C Alerting (Route)',
        'C1: -RP (Route)',
      ],
      dns: ['VQ2: C1: Queued', 'VQ2: C1: Diverted to C'],
    });
  });
});

describe('conference', () => {
  it('brings the consulted party in and deletes the second call with its parties', () => {
    const script = new Script();
    const main = script.talk();
    const second = script.on.consult(main, '5001', '5002');
    script.on.answer(second, '5002');
    script.take();
    script.on.conference(main, second, '5001');
    expect(script.take()).toEqual({
      monitoring: ['C1: +C Connected (Conference)', 'C1: B Connected', 'C2: deleted into C1'],
      dns: ['B: UserEvent ABC', 'C: UserEvent ABC'],
    });
    script.on.deafen(main, '5002', true);
    expect(script.take().monitoring).toEqual(['C1: C Connected [NoListen NoTalk]']);
    script.on.release(main, '5001');
    expect(script.take()).toEqual({ monitoring: ['C1: -B (Normal)'], dns: ['C: UserEvent AC'] });
  });
});

describe('supervision', () => {
  it('adds an observer who is listed apart until he may be heard by all', () => {
    const script = new Script();
    const call = script.talk();
    script.on.supervisorJoin(call, { supervisor: '5003', agent: '5001', mode: 'mute' });
    expect(script.take()).toEqual({
      monitoring: ['C1: +S Connected [Audit NoTalk]'],
      dns: ['B: UserEvent AB mute S', 'S: UserEvent AB mute S'],
    });
    script.on.supervisorMode(call, '5003', 'open');
    expect(script.take()).toEqual({ monitoring: ['C1: S Connected []'], dns: [] });
    script.on.supervisorLeave(call, '5003');
    expect(script.take()).toEqual({ monitoring: ['C1: -S (Normal)'], dns: ['B: UserEvent AB'] });
  });
});

describe('data', () => {
  it('changes the call while it lives; after it, only the extension is told', () => {
    const script = new Script();
    const call = script.talk();
    script.on.attachData(call, { DispositionCode: 'Sale' });
    expect(script.take()).toEqual({ monitoring: ['C1: changed UserData'], dns: [] });
    script.on.release(call, '5001');
    script.take();
    script.on.dispositionAfterRelease('5001', call, { DispositionCode: 'Sale' });
    expect(script.take()).toEqual({ monitoring: [], dns: ['B: UserEvent data'] });
  });

  it('carries the list of inter-site links, also right after the creation at the other site', () => {
    const script = new Script();
    const call = script.talk();
    const links = [{ LinkId: 'i', Location: 'Y' }];
    script.on.linkSites(call, links);
    script.on.singleStepTransfer(call, '5001', '+99902', 'Y');
    expect(script.take().monitoring).toEqual([
      'C1: changed ISLinkList',
      'C1: +X Alerting (SingleStepTransfer)',
      'C1: -B (SingleStepTransfer)',
    ]);
    script.on.inboundCall({ ani: '+99901', dnis: '800', extension: '5002', from: { links, location: 'Y' } });
    expect(script.take().monitoring).toEqual([
      'C2: created Inbound',
      'C2: changed ISLinkList',
      'C2: +A Connected',
      'C2: +C Alerting',
    ]);
  });
});
