/** Routes of the three event operations: a batch in, errors of single events out, with 200. */
import type { EventError, EventRequest, Injection } from '../events/injection.ts';
import { type Answer, type ApiCall, type CloudContext, type Handlers, ok } from '../http/handler.ts';

export function eventRoutes(context: CloudContext, injection: Injection): Handlers {
  const answer = (errors: readonly EventError[]): Answer => {
    if (errors.length > 0) return ok({ errors });
    switch (context.quirks.noEventErrors) {
      case 'empty':
        return ok({ errors: [] });
      case 'null':
        return ok({ errors: null });
      case 'absent':
        return ok({});
    }
  };
  return {
    postEventsConversations: (call) => answer(injection.injectConversations(call.body, requestOf(call))),
    postEventsUsersPresence: (call) => answer(injection.injectPresences(call.body, requestOf(call))),
    postEventsUsersRoutingstatus: (call) =>
      answer(injection.injectRoutingStatuses(call.body, requestOf(call))),
  };
}

function requestOf(call: ApiCall): EventRequest {
  return { operationId: call.operation.id, clientId: call.token.client.clientId, arrival: call.arrival };
}
