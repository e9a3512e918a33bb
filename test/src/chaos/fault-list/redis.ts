/** Redis: away, full, forgetful, in the words of each version. */
import type { ListedFault } from './listed-fault.ts';

export const redis: readonly ListedFault[] = [
  {
    fault: 'Redis is emptied (FLUSHALL) while every connection to it stays',
    sees: 'the gap is listed and logged within seconds; the instance that was active writes back what it remembers',
    lost:
      'dead letters and the quarantine; what was open and not yet sent only if the active instance ended at the same time: ' +
      'then what is open is found again from the snapshots',
    alarm: 'ConversationGap',
    test: {
      file: 'packages/excp/src/redis-restart.test.ts',
      title: 'that %s, again and again under calls: nothing is lost, nothing told twice, and the gap is told',
    },
  },
  {
    fault: 'Redis is emptied again within half a minute, after the other EXCP has taken over',
    sees: 'the gap is listed and logged once more; the instance that is active by then writes back what it remembers',
    lost: 'dead letters and the quarantine; more only if the active instance ends at the same time',
    alarm: 'ConversationGap',
    test: {
      file: 'packages/excp/src/redis-restart.test.ts',
      title: 'that is emptied, and again when the other instance has taken over: nothing is told twice',
    },
  },
  {
    fault:
      'The clock of Redis drifts away from that of a service, or a fail-over leads to one with another clock',
    sees: 'one line in the log, and how far',
    lost: 'nothing',
    alarm: 'RedisClockSkew',
    test: {
      file: 'packages/common/src/redis/server-clock.test.ts',
      title: 'a clock of Redis that drifts away while the service runs is measured, and said once',
    },
  },
  {
    fault:
      'Redis answers but takes no writes (a replica, memory or disk full, too few replicas); 6.0, 7.0 and 8.0',
    sees: '`redis` in `/health/ready` with what Redis says, the same once in the log',
    lost: 'nothing',
    alarm: 'RedisTakesNothing',
    test: {
      file: 'packages/common/src/redis/takes-no-writes.test.ts',
      title:
        'because $what ($word) is told from one that is away, by commands and by scripts, until it takes them again',
    },
  },
  {
    fault: 'A fail-over leaves the connection to the former primary open',
    sees: 'nothing: the first refused write makes every connection anew, where the name leads by now',
    lost: 'nothing',
    alarm: 'RedisTakesNothing',
    test: {
      file: 'packages/common/src/redis/takes-no-writes.test.ts',
      title:
        'is noticed when a script is refused: every connection is made anew, where the name leads by now',
    },
  },
  {
    fault: 'Redis takes no writes while events are sent (full, read-only, away)',
    sees: '`outbox` in `/health/ready` with what Redis says; nothing more is sent, nothing in flight is forgotten',
    lost: 'nothing',
    alarm: 'EventsNotStored',
    test: {
      file: 'packages/excp/src/outbox/outbox.test.ts',
      title: 'with %s what is in flight is written later, nothing unmarked is sent, and the health says why',
    },
  },
  {
    fault: 'Redis takes no events: wrong type, missing right, full',
    sees: '`event-stream` is down in `/health/ready` with what Redis answers; one line in the log for each reason',
    lost: 'nothing within 30,000 events or 32 MiB; beyond that the newest calls, whole',
    alarm: 'EventsNotStored',
    test: {
      file: 'packages/excp/src/intake/claimer.test.ts',
      title:
        'that Redis does not take say so once for each reason, wait, and are stored when it takes them again',
    },
  },
  {
    fault: 'Redis is away so long that the backlog is full of calls that had begun before',
    sees: '`excp_shed_conversations_total` rises; the links are read on',
    lost: 'the newest calls, whole',
    alarm: 'ConversationsShed',
    test: {
      file: 'packages/excp/src/intake/backlog.test.ts',
      title: 'comes to an end when nothing is left to shed but calls of one event each, which began before',
    },
  },
  {
    fault: 'Redis comes back and everything lately claimed is offered again',
    sees: 'duplicates are counted',
    lost: 'nothing',
    test: {
      file: 'packages/excp/src/intake/backlog.test.ts',
      title: 'sheds nothing to make room for what was claimed already and is offered once more',
    },
  },
  {
    fault: 'EXCP stops while events wait for their next try',
    sees: 'they are offered once more before it ends',
    lost: 'nothing if Redis takes them then',
    test: {
      file: 'packages/excp/src/intake/claimer.test.ts',
      title: 'that wait for their time are tried once more when they stop',
    },
  },
  {
    fault: 'Redis fails between reading a change of the mapping and storing it',
    sees: 'the mapping is stored at the next look',
    lost: 'nothing',
    test: {
      file: 'packages/excp/src/mapping/mirror.test.ts',
      title: 'stores a change at the next look when Redis was away at the first one',
    },
  },
  {
    fault: 'Redis full (`maxmemory`) while 20 calls begin and end',
    sees: '`/health/ready`, log and metrics say that Redis takes nothing; the events wait in memory',
    lost: 'nothing',
    alarm: 'EventsNotStored',
    test: {
      file: 'packages/excp/src/redis-full.test.ts',
      title: 'Redis full (maxmemory) while 20 calls begin and end: nothing lost, nothing twice, order kept',
    },
  },
  {
    fault: 'Redis’ clock was a day ahead, and the stream goes on with IDs of tomorrow',
    sees: 'a line in the log',
    lost: 'nothing',
    test: {
      file: 'packages/excp/src/redis-clock.test.ts',
      title:
        "Redis' clock was a day ahead under calls and is back: no conversation ends by it, and waits still end",
    },
  },
  {
    fault: 'The same, with bursts of calls and a connection that is late',
    sees: 'a line in the log',
    lost: 'nothing',
    test: {
      file: 'packages/excp/src/bursts.test.ts',
      title:
        "lose no leg when Redis' clock was a day ahead, so that all entries are of one millisecond of tomorrow",
    },
  },
  {
    fault: 'Something stands in the keys of EXCP that nobody can read',
    sees: 'an entry in `/api/v1/quarantine`',
    lost: 'that entry, or that conversation',
    alarm: 'QuarantineEntries',
    test: {
      file: 'packages/excp/src/releases.test.ts',
      title: 'what nobody can read is set aside, in the stream and in the stored state, and stops nothing',
    },
  },
  {
    fault: 'Redis is away until the active EXAS has lost its lease to the other',
    sees: 'both are ready afterwards: a standby holds nothing back',
    lost: 'nothing',
    test: {
      file: 'packages/exas/src/outbox/sender.test.ts',
      title:
        'holds nothing back as a standby: trouble with storing ends with the term, also when it is noticed late',
    },
  },
  {
    fault: 'Redis is full while agents change',
    sees: '`accepted-states` in `/health/ready` and one line in the log; the instance stays active',
    lost: 'nothing: the last states go a second after Redis takes them',
    test: {
      file: 'packages/exas/src/rude-redis.test.ts',
      title: 'that is full keeps the lease with its holder, is named in /health/ready, and costs no state',
    },
  },
  {
    fault: 'Redis becomes read-only while agents change',
    sees: '`redis` and `leadership` in `/health/ready`; no instance is active',
    lost: 'nothing: the last states follow',
    test: {
      file: 'packages/exas/src/rude-redis.test.ts',
      title: 'that is read-only ends the lease, is named in /health/ready, and costs no state',
    },
  },
  {
    fault: 'Redis loses all its data, also while EXAS is down',
    sees: 'states go out once more, with the present time',
    lost: 'nothing',
    test: {
      file: 'packages/exas/src/rude-redis.test.ts',
      title: 'that is emptied while EXAS is down costs no state, and no time runs backwards',
    },
  },
  {
    fault: 'The lease moves, answers are lost and Redis refuses at any moment',
    sees: 'what each fault shows',
    lost: 'states in between; the last ones arrive, none contradicts',
    test: {
      file: 'packages/exas/src/exas.model.test.ts',
      title: "end with every agent's last state, no contradiction and no time that ran backwards",
    },
  },
  {
    fault: 'Redis is emptied (FLUSHALL) while EXCS runs',
    sees: 'EXCS stores the settings, the mapping and its mark of the deployment again; the other services are ready again',
    lost: 'which members of queues were added by EXCS: those that are there count as added by others and stay',
    test: {
      file: 'packages/excs/src/service.test.ts',
      title: 'after FLUSHALL gets the settings, the mapping and the deployment from the running EXCS again',
    },
  },
  {
    fault: 'Somebody deletes the settings or the mapping in Redis',
    sees: 'EXCS stores it again with its next poll',
    lost: 'nothing',
    test: {
      file: 'packages/excs/src/service.test.ts',
      title: 'gets %s again when somebody deletes that key alone',
    },
  },
  {
    fault: 'Redis comes back with less than it had, and the clock of the active EXCP jumps at the same time',
    sees: 'nothing',
    lost: 'nothing: what may have been sent before is sent as a repeat for a minute, whatever the clock says',
    test: {
      file: 'packages/excp/src/processor/suspicion.test.ts',
      title: 'a wall clock that leaps by %i h neither ends nor prolongs it',
    },
  },
  {
    fault:
      'The clock of Redis jumps a day ahead while EXCP takes over, before what was stored earlier is dealt with',
    sees: 'a line in the log, `exec_clock_jumps_total{clock="redis"}`',
    lost: 'nothing',
    alarm: 'ClockJumped',
    test: {
      file: 'packages/excp/src/processor/stream-clock.test.ts',
      title: 'keeps its time with who saw the jump, though it took over meanwhile',
    },
  },
  {
    fault: 'The clock of Redis jumps 13 hours ahead under calls, and back again',
    sees: 'a line in the log, `exec_clock_jumps_total{clock="redis"}`',
    lost: 'nothing; no conversation ends by it, not even with `MAX_CALL_HOURS=1`',
    alarm: 'ClockJumped',
    test: {
      file: 'packages/excp/src/clock-jumps.test.ts',
      title: "Redis' clock jumps 13 h ahead under calls, and back again",
    },
  },
  {
    fault:
      'The clock of Redis jumps by more than a minute, a day ahead for instance, and with it the 24 hours of the limits of EXCS',
    sees: 'for an hour plans that deactivate or remove anything are held back, as `/api/v1/sync` and the log say; `exec_clock_jumps_total{clock="redis"}`',
    lost: 'nothing',
    alarm: 'ClockJumped',
    test: {
      file: 'packages/excs/src/sync/safety.test.ts',
      title:
        'a clock of Redis that jumps a day ahead empties no limit while it is doubted, and is right again afterwards',
    },
  },
  {
    fault: 'Redis lacks the replicas that it demands for writes (`min-replicas-to-write`)',
    sees: '`redis` in `/health/ready`; in Redis 6.0 scripts write all the same, and with them all calls and states',
    lost: 'nothing',
    alarm: 'RedisTakesNothing',
    test: {
      file: 'packages/common/src/redis/takes-no-writes.test.ts',
      title:
        'because $what ($word) is told from one that is away, by commands and by scripts, until it takes them again',
    },
  },
];
