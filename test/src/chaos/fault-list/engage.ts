/** What Engage hands out: settings, credentials. */
import type { ListedFault } from './listed-fault.ts';

export const engage: readonly ListedFault[] = [
  {
    fault:
      'The OAuth client of a running EXAS or EXCP is changed to one of another organisation, or to one that is refused',
    sees: '`oauth-client` in `/health/ready` says why; the client that worked stays in use, and the service stays ready',
    lost: 'nothing',
    alarm: 'OauthClientUnfit',
    test: {
      file: 'packages/exas/src/exas.test.ts',
      title: 'a running service keeps the client that worked when Engage %s',
    },
  },
  {
    fault: 'More agents are mapped than one EXAS watches (50,000)',
    sees: '`exas_agents_left_out` and a line in the log',
    lost: 'the states of the agents beyond; who was watched stays',
    alarm: 'AgentsLeftOut',
    test: {
      file: 'packages/exas/src/agents/agents-most.test.ts',
      title: 'beyond the most agents who are watched stay, and the newcomers are left out',
    },
  },
  {
    fault: 'The bridge before a Stat Server restarts while agents change',
    sees: '`stat-server` in `/health/ready` for a moment',
    lost: 'nothing; only who changed meanwhile is injected',
    test: {
      file: 'packages/exas/src/exas.test.ts',
      title: 'that is a restart of the bridge opens everything again, and injects only what changed',
    },
  },
  {
    fault: 'The OAuth client of a running EXCP is changed to one that does not fit while calls come',
    sees: '`oauth-client` in `/health/ready` of both instances, which stay ready',
    lost: 'nothing: calls are told with the client that worked',
    alarm: 'OauthClientUnfit',
    test: {
      file: 'packages/excp/src/oauth-client.test.ts',
      title: 'both instances keep the client that worked while the new one %s, and no call is lost',
    },
  },
  {
    fault: 'Employee IDs are names that objects of the program have (`__proto__`)',
    sees: 'nothing',
    lost: 'nothing; nobody is injected again after a restart',
    test: {
      file: 'packages/exas/src/exas.test.ts',
      title: 'are injected, and not again after a restart',
    },
  },
];
