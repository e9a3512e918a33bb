/** `/__control`: reading the record and the state, setting faults and quirks, from another process. */
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { ApiError } from '../api-error.ts';
import type { FaultControl, InjectedFault } from '../faults.ts';
import { controlPrefix } from '../http/server.ts';
import type { Quirks } from '../options.ts';
import type { CloudRecord, EventFilter } from '../record/types.ts';
import type { CloudState } from '../store/cloud-state.ts';
import {
  conversationQuery,
  eventQuery,
  faultRule,
  outageRequest,
  quirkChange,
  revocation,
} from './schemas.ts';
import { agentStateViews, queueViews, stateCounts, userViews } from './views.ts';

export function addControlRoutes(
  app: FastifyInstance,
  o: {
    readonly state: CloudState;
    readonly quirks: Quirks;
    readonly recorder: CloudRecord;
    readonly faults: FaultControl;
  },
): void {
  const { state, quirks, recorder, faults } = o;
  const path = (name: string) => `${controlPrefix}/${name}`;
  app.get(path('health'), () => ({ ok: true }));
  app.get(path('record'), () => recorder.snapshot());
  app.delete(path('record'), () => {
    recorder.reset();
    return recorder.snapshot();
  });
  app.get(path('events'), (request) => {
    const { outcome, limit, ...filter } = parse(eventQuery, request.query);
    const wanted: EventFilter = filter;
    const events = outcome === 'accepted' ? recorder.accepted(wanted) : recorder.refused(wanted);
    return events.slice(-limit);
  });
  app.get(path('state'), () => stateCounts(state));
  app.get(path('users'), () => userViews(state));
  app.get(path('queues'), () => queueViews(state));
  app.get(path('skills'), () => [...state.skills.all()]);
  app.get(path('wrapup-codes'), () => [...state.wrapupCodes.all()]);
  app.get(path('sources'), () => [...state.presence.sources()]);
  app.get(path('agent-states'), () => agentStateViews(state));
  app.get(path('conversations'), (request) => {
    const { interactionId, state: wanted } = parse(conversationQuery, request.query);
    const found =
      interactionId === undefined
        ? [...state.conversations.all()]
        : state.conversations.byInteraction(interactionId);
    return wanted === undefined
      ? found
      : found.filter((conversation) => (conversation.endedAt === undefined) === (wanted === 'open'));
  });
  app.get<{ Params: { id: string } }>(path('conversations/:id'), (request) => {
    const conversation = state.conversations.get(request.params.id);
    if (conversation === undefined) throw new ApiError(404, 'not.found', 'There is no such conversation.');
    return conversation;
  });
  app.get(path('faults'), () => faults.active.map(faultView));
  app.post(path('faults'), (request) => faultView(faults.inject(parse(faultRule, request.body))));
  app.delete(path('faults'), () => {
    faults.clear();
    return [];
  });
  app.delete<{ Params: { id: string } }>(path('faults/:id'), (request) => {
    faults.active.find((fault) => String(fault.id) === request.params.id)?.cancel();
    return faults.active.map(faultView);
  });
  app.post(path('revoke-tokens'), (request) => {
    const { clientId } = parse(revocation, request.body ?? {});
    return { revoked: faults.revokeTokens(clientId) };
  });
  let stopOutage: () => void = () => undefined;
  app.post(path('outage'), (request) => {
    stopOutage = faults.outage(parse(outageRequest, request.body ?? {}).durationMs);
    return { outageActive: faults.outageActive };
  });
  app.delete(path('outage'), () => {
    stopOutage();
    return { outageActive: faults.outageActive };
  });
  app.get(path('quirks'), () => quirks);
  app.patch(path('quirks'), (request) => Object.assign(quirks, parse(quirkChange, request.body)));
}

/** `times` null: until it is cancelled. */
function faultView(fault: InjectedFault): unknown {
  const { times } = fault.rule;
  return {
    id: fault.id,
    hits: fault.hits,
    ...fault.rule,
    ...(times === Number.POSITIVE_INFINITY ? { times: null } : {}),
  };
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new ApiError(400, 'bad.request', faults.join('; '));
}
