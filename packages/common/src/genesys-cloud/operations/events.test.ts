import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { CloudError } from '../errors.ts';
import type { PresenceEvent, RoutingStatusEvent } from '../events/agent-state.ts';
import { toEventTime } from '../events/parts.ts';
import type { ConversationEvent } from '../events/voice.ts';
import { RecordingCaller } from '../testing/recording-caller.ts';
import { EventOperations } from './events.ts';

let caller: RecordingCaller;
let events: EventOperations;

beforeEach(() => {
  caller = new RecordingCaller();
  events = new EventOperations(caller);
});

const base = () => ({
  eventId: randomUUID(),
  eventDateTime: toEventTime(Date.UTC(2026, 0, 5, 8)),
  conversationId: randomUUID(),
});

const held = (more: object = {}): ConversationEvent => ({
  kind: 'holdUpdatedEvents',
  event: { ...base(), communicationId: randomUUID(), held: true, ...more },
});

const external = (): ConversationEvent => ({
  kind: 'externalEstablishedEvents',
  event: {
    ...base(),
    communicationId: randomUUID(),
    ani: '+4930123',
    initialConfiguration: { inbound: true },
    sourceConfiguration: { sourceId: randomUUID(), interactionId: 'CALL1' },
  },
});

const presence = (): PresenceEvent => ({
  eventId: randomUUID(),
  eventDateTime: toEventTime(1),
  userId: 'u1',
  sourceId: randomUUID(),
  presenceDefinitionId: randomUUID(),
});

const routing = (): RoutingStatusEvent => ({
  eventId: randomUUID(),
  eventDateTime: toEventTime(1),
  agentId: 'u1',
  status: 'OffQueue',
  sourceId: randomUUID(),
});

describe('conversations', () => {
  it('groups the events by kind, in order, with the priority of events', async () => {
    const batch = [external(), held(), held()];
    const result = await events.conversations(batch);
    expect(result).toMatchObject({ repeated: false, unattributed: [] });
    expect(result.rejected.size).toBe(0);
    expect(caller.calls[0]).toMatchObject({ method: 'POST', path: '/events/conversations' });
    expect(caller.calls[0]?.body).toEqual({
      externalEstablishedEvents: [batch[0]?.event],
      holdUpdatedEvents: [batch[1]?.event, batch[2]?.event],
    });
    expect(caller.calls[0]?.description).toMatchObject({ repeatable: true, priority: 'events' });
  });

  it.each([{}, { errors: [] }, { errors: undefined }, undefined, null])(
    'takes an answer without errors as all accepted: %j',
    async (answer) => {
      caller.answer = () => answer;
      const result = await events.conversations([held()]);
      expect(result.rejected.size + result.unattributed.length).toBe(0);
    },
  );

  it('keeps of the text of a refusal no telephone number, and no more than somebody reads', async () => {
    const event = held();
    const message = `ani +15551234567 is not valid ${'x'.repeat(5_000_000)}`;
    caller.answer = () => ({ errors: [{ eventId: event.event.eventId, message }, { message }] });
    const { rejected, unattributed } = await events.conversations([event]);
    for (const { message: kept } of [...rejected.values(), ...unattributed]) {
      expect(kept).toMatch(/^ani \+\*{8}567 is not valid x/);
      expect(kept).toHaveLength(300);
    }
  });

  it('reports each refused event, whatever of it is given', async () => {
    const [first, second, third] = [held(), held(), held()];
    caller.answer = () => ({
      errors: [
        { eventId: first.event.eventId, message: 'later', retryable: true },
        { eventId: second.event.eventId },
        { message: 'one of them' },
      ],
    });
    const result = await events.conversations([first, second, third]);
    expect(Object.fromEntries(result.rejected)).toEqual({
      [first.event.eventId]: { message: 'later', retryable: true },
      [second.event.eventId]: { message: '', retryable: false },
    });
    expect(result.unattributed).toEqual([{ message: 'one of them', retryable: false }]);
  });

  it('says when the batch was sent again after a lost answer', async () => {
    caller.repeated = true;
    expect((await events.conversations([held()])).repeated).toBe(true);
  });

  it.each([
    ['an undeclared field', { extra: 1 }],
    ['a time without milliseconds', { eventDateTime: '2026-01-05T08:00:00Z' }],
    ['a time with an offset', { eventDateTime: '2026-01-05T08:00:00.000+01:00' }],
    ['an ID that is no UUID version 4', { communicationId: '6a3af858-942f-189d-9700-5f9bcdcdae9b' }],
    ['a missing field', { held: undefined }],
  ])('does not send an event with %s, but the others', async (_, fault) => {
    const good = held();
    const bad = held(fault);
    const result = await events.conversations([good, bad]);
    expect(caller.calls[0]?.body).toEqual({ holdUpdatedEvents: [good.event] });
    expect(result.rejected.get(bad.event.eventId)).toMatchObject({ retryable: false });
    expect(result.rejected.get(bad.event.eventId)?.message).toContain('not sent: ');
  });

  it('sends nothing when nothing can be sent, and gives the place in the budget back', async () => {
    const released: (boolean | undefined)[] = [];
    const permit = { tokenIndex: 0, release: (sent?: boolean) => void released.push(sent) };
    expect((await events.conversations([], { permit })).rejected.size).toBe(0);
    expect((await events.conversations([held({ extra: 1 })], { permit })).rejected.size).toBe(1);
    expect(caller.calls).toHaveLength(0);
    expect(released).toEqual([false, false]);
  });

  it('refuses more than 100 events or 512,000 bytes', async () => {
    const many = Array.from({ length: 101 }, () => held());
    await expect(events.conversations(many)).rejects.toMatchObject({ code: 'cloud.request-invalid' });
    const large: ConversationEvent = {
      kind: 'communicationDispositionAppliedEvents',
      event: { ...base(), communicationId: randomUUID(), notes: 'x'.repeat(512_000) },
    };
    await expect(events.conversations([large])).rejects.toThrow(CloudError);
    expect(caller.calls).toHaveLength(0);
    await events.conversations(many.slice(1));
    expect(caller.calls).toHaveLength(1);
  });
});

describe('agent state', () => {
  it('sends presences and routing statuses to their own addresses', async () => {
    const [p, r] = [presence(), routing()];
    await events.presence([p]);
    await events.routingStatus([r]);
    expect(caller.calls.map(({ path, body }) => ({ path, body }))).toEqual([
      { path: '/events/users/presence', body: { userPresenceEvents: [p] } },
      { path: '/events/users/routingstatus', body: { userRoutingStatusEvents: [r] } },
    ]);
  });

  it('keeps back what the contract does not allow', async () => {
    const bad = { ...routing(), status: 'OFF_QUEUE' } as unknown as RoutingStatusEvent;
    expect((await events.routingStatus([bad])).rejected.get(bad.eventId)?.message).toContain('status');
    const unfit = { ...presence(), userId: '' };
    expect((await events.presence([unfit])).rejected.has(unfit.eventId)).toBe(true);
    expect(caller.calls).toHaveLength(0);
  });
});
