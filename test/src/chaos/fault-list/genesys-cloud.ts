/** Genesys Cloud: what it answers, when, and what it loses. */
import type { ListedFault } from './listed-fault.ts';

export const genesysCloud: readonly ListedFault[] = [
  {
    fault: 'The active EXAS stands still while the cloud is away, and stands by afterwards',
    sees: 'it is a ready standby within seconds after the cloud answers again',
    lost: 'nothing',
    alarm: 'GenesysCloudFailing',
    test: {
      file: 'packages/exas/src/standstill.test.ts',
      title: 'while the cloud is away: the first is a ready standby as soon as the cloud answers again',
    },
  },
  {
    fault: 'The OAuth secret is wrong',
    sees: 'EXCS is not ready and names the cloud; it writes nothing and recovers when the secret is corrected in Engage',
    lost: 'nothing',
    alarm: 'TokenFailing',
    test: {
      file: 'test/src/e2e/dependencies.test.ts',
      title: 'keeps EXCS not ready, writes nothing, and is corrected in Engage without a restart',
    },
  },
  {
    fault:
      'A batch is refused as a whole (400), half of it is accepted, the other half meets 401, 403, 429 or 503; the cloud refuses repeats',
    sees: 'nothing, or `event-delivery` in `/health/ready` for a moment',
    lost: 'nothing',
    alarm: 'HeldBackEvents',
    test: {
      file: 'packages/excp/src/outbox/outbox.test.ts',
      title: 'has that half accepted once when the other half meets %i; no live leg becomes a dead letter',
    },
  },
  {
    fault: 'The same with agent states',
    sees: 'nothing',
    lost: 'nothing',
    test: {
      file: 'packages/exas/src/outbox/sender.test.ts',
      title: 'sends nothing twice when half of a refused request was accepted and the rest meets %i',
    },
  },
  {
    fault: 'Every request of events is answered 500 for ten minutes',
    sees: '`event-delivery` in `/health/ready`; events are held',
    lost: 'nothing',
    alarm: 'HeldBackEvents',
    test: {
      file: 'packages/excp/src/outbox/outbox.test.ts',
      title: 'that answers 500 to every request for ten minutes makes no dead letters of many calls',
    },
  },
  {
    fault: 'A refusal names none of the events',
    sees: 'nothing: the event is looked for by halves',
    lost: 'the event, as a dead letter',
    alarm: 'DeadLetters',
    test: {
      file: 'packages/common/src/genesys-cloud/events/deliver.test.ts',
      title: 'with refusals that name no event is asked again by halves, and one alone is meant',
    },
  },
  {
    fault: 'Any answers in any order, with Redis refusing in between',
    sees: 'as for each of them',
    lost: 'nothing: each event is accepted once or is a dead letter with its reason',
    test: {
      file: 'packages/excp/src/outbox/outbox.property.test.ts',
      title:
        'each event is accepted once or dead with its reason, in order, one request of a conversation at a time',
    },
  },
  {
    fault: 'A dead letter is dropped while an event of its leg joins it',
    sees: 'it stays dropped',
    lost: 'the event with the letter',
    test: {
      file: 'packages/excp/src/outbox/outbox-script.test.ts',
      title: 'that somebody dropped while an event joined it does not come back',
    },
  },
  {
    fault: 'An answer 429 asks for a rest of a day or more',
    sees: 'requests are held, `genesys-cloud` is down in `/health/ready`; the cloud is asked again after 15 minutes',
    lost: 'nothing',
    alarm: 'RateLimited',
    test: {
      file: 'packages/common/src/genesys-cloud/rate-limited.test.ts',
      title:
        'for a day stops the token with an alarm, and the cloud is asked again after a quarter of an hour',
    },
  },
  {
    fault: 'The cloud answers 403 to the checks of EXCS for some seconds, and nothing changes in Engage',
    sees: '`/health/ready` of EXCS is 503 and names the request; it is ready again with the next poll that is answered',
    lost: 'nothing',
    test: {
      file: 'packages/excs/src/service-cloud.test.ts',
      title: 'leaves EXCS ready again as soon as the check is answered, though nothing has changed meanwhile',
    },
  },
  {
    fault:
      'The cloud, or a proxy in its place, answers anything at all: other JSON, HTML, nothing, absurd headers, resets',
    sees: 'an error with its code (`cloud.…`) in `/health/ready` and the log; the work goes on',
    lost: 'nothing',
    test: {
      file: 'packages/common/src/genesys-cloud/any-answer.test.ts',
      title: 'is a result or a CloudError, whatever is called',
    },
  },
];
