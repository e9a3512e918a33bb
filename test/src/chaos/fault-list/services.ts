/** The services: start, stop, memory, clocks, logs, what is asked of them. */
import type { ListedFault } from './listed-fault.ts';

export const services: readonly ListedFault[] = [
  {
    fault: 'A peer is away when a service starts',
    sees: '`/health/ready` is 503 and names the peer; no restart is needed',
    lost: 'nothing',
    alarm: 'ServiceDown',
    test: {
      file: 'test/src/e2e/dependencies.test.ts',
      title: '%s without %s starts, says so, and recovers without a restart',
    },
  },
  {
    fault: 'The environment has several faults at once',
    sees: 'the service ends with exit code 78 and one list of all of them; no value is shown',
    lost: 'nothing',
    test: {
      file: 'test/src/e2e/dependencies.test.ts',
      title: 'ends %s with exit code 78 and one list of all faults',
    },
  },
  {
    fault: 'EXCS, or somebody in its place, answers a look-up of the mapping without end',
    sees: '`mapping` in `/health/ready`; the mapping that is known stays in use',
    lost: 'nothing',
    test: {
      file: 'packages/common/src/excs-client/excs-client.test.ts',
      title: 'an answer of EXCS beyond 32 MB is given up, and fills no memory',
    },
  },
  {
    fault: 'EXCP is stopped while requests are in flight',
    sees: 'nothing: they finish, and what came of them is written',
    lost: 'nothing',
    test: {
      file: 'packages/excp/src/outbox/outbox.test.ts',
      title: 'lets the requests in flight finish, and writes what came of them',
    },
  },
  {
    fault: 'A request ends while the sender looks for the last time whether there is something to send',
    sees: 'nothing',
    lost: 'nothing',
    test: {
      file: 'packages/common/src/time/work-loop.test.ts',
      title: 'loses no call that comes between the last look of a run and its end',
    },
  },
  {
    fault: 'Standard output is a file on a full disk',
    sees: 'the work goes on; `exec_log_lines_dropped_total` counts the lines that were not written; SIGTERM is obeyed',
    lost: 'log lines',
    alarm: 'LogLinesDropped',
    test: {
      file: 'packages/common/src/service/service-process.test.ts',
      title: 'does not stop the service: it goes on, counts the lines that were dropped, and obeys SIGTERM',
    },
  },
  {
    fault: 'The environment has a fault and an unknown `EX…` name',
    sees: 'both are said, on standard error and in the log; exit code 78',
    lost: 'nothing',
    test: {
      file: 'packages/common/src/service/service-process.test.ts',
      title: 'with a fault and an unknown EX name: both are said',
    },
  },
  {
    fault: 'The active EXAS stands still for 2, 8 or 25 s (SIGSTOP)',
    sees: 'the other takes over; the first is ready with `active: false`, and becomes active again when needed',
    lost: 'nothing; nobody is set Offline by it',
    test: {
      file: 'packages/exas/src/standstill.test.ts',
      title:
        'for %i s: the other takes over; the first is ready, active:false, and becomes active again when needed',
    },
  },
  {
    fault: 'The lease is won anew while the first load of the state still runs',
    sees: 'the term begins with the newer load',
    lost: 'nothing',
    test: {
      file: 'packages/common/src/leadership/leadership.test.ts',
      title: 'begins the term when the lease was won anew while the first load still ran',
    },
  },
  {
    fault: 'The clock of the EXAS machine jumps a day ahead',
    sees: 'one line in the log, `exec_clock_jumps_total`',
    lost: 'nothing; no state gets a time of the future',
    alarm: 'ClockJumped',
    test: {
      file: 'packages/common/src/time/steady-clock.test.ts',
      title: 'a day ahead is not believed while Redis says otherwise: nothing lies in the future',
    },
  },
  {
    fault: 'The clock of the EXAS machine jumps an hour back',
    sees: 'one line in the log, `exec_clock_jumps_total`',
    lost: 'nothing; no state is sent with a time before the last one',
    alarm: 'ClockJumped',
    test: {
      file: 'packages/common/src/time/steady-clock.test.ts',
      title: 'an hour back is not believed while Redis says otherwise: nothing is told before what was told',
    },
  },
  {
    fault: 'A stored last time lies a day in the future',
    sees: 'one line in the log, `exas_future_times_total`',
    lost: 'nothing: the present time is used',
    test: {
      file: 'packages/exas/src/outbox/outbox.test.ts',
      title: 'does not go on from a time that a clock running a day ahead left behind',
    },
  },
  {
    fault: 'The Stat Server gives a time that no date can hold',
    sees: '`since: null` for that agent',
    lost: 'nothing',
    test: {
      file: 'packages/exas/src/exas.test.ts',
      title: 'of one agent does not cost the page of all',
    },
  },
  {
    fault: 'The clock of the machine of EXCS jumps by a day, ahead or back',
    sees: 'for an hour plans that deactivate or remove anything are held back, as `/api/v1/sync` and the log say; the limits go on counting by the time of Redis',
    lost: 'nothing',
    alarm: 'ClockJumped',
    test: {
      file: 'packages/excs/src/sync/safety.test.ts',
      title: 'by %i h neither empties the 24 h of the limits nor lets anybody be deactivated for an hour',
    },
  },
  {
    fault:
      'Anything at all is sent to the REST interface of EXCS: any JSON, bytes that are none, any size, any path',
    sees: 'an answer, or a refusal with its code in the form of RFC 9457',
    lost: 'nothing',
    test: {
      file: 'packages/excs/src/api/any-request.test.ts',
      title: 'any request is answered or refused in form',
    },
  },
  {
    fault:
      'The clocks of both EXCP jump by five hours under calls, one ahead and one back, and the active one stops',
    sees: 'a line in the log, `exec_clock_jumps_total{clock="own"}`',
    lost: 'nothing; no conversation ends by it, not even with `MAX_CALL_HOURS=1`',
    alarm: 'ClockJumped',
    test: {
      file: 'packages/excp/src/clock-jumps.test.ts',
      title:
        'the own clocks of both instances jump by 5 h under calls, one ahead and one back, and come right again',
    },
  },
  {
    fault:
      'The active EXCS stands still for 2, 8 or 25 s (SIGSTOP), or is killed, with a second one beside it',
    sees: 'after ten seconds the other synchronises; the first is ready with `active: false`, and becomes active again when needed',
    lost: 'nothing',
    test: {
      file: 'packages/excs/src/standstill.test.ts',
      title:
        'stands still for %i s: the other takes over when it is long; the first is ready, and active again when needed',
    },
  },
  {
    fault:
      'Anything at all is sent to the REST interface of EXAS: any JSON, bytes that are none, any size, any path',
    sees: 'an answer, or a refusal with its code in the form of RFC 9457',
    lost: 'nothing',
    test: {
      file: 'packages/exas/src/api/any-request.test.ts',
      title: 'any request is answered or refused in form',
    },
  },
  {
    fault:
      'Anything at all is sent to the REST interface of EXCP: any JSON, bytes that are none, any size, any path',
    sees: 'an answer, or a refusal with its code in the form of RFC 9457',
    lost: 'nothing',
    test: {
      file: 'packages/excp/src/api/any-request.test.ts',
      title: 'any request is answered or refused in form',
    },
  },
  {
    fault:
      'EXCS, or somebody in its place, answers a look-up of the mapping with anything at all: another form, pages that are too large, "not modified" to somebody who knows nothing',
    sees: '`mapping` in `/health/ready`; the mapping that is known stays in use',
    lost: 'nothing',
    test: {
      file: 'packages/common/src/excs-client/any-answer.test.ts',
      title: 'of any kind is a list of that form or a refusal',
    },
  },
];
