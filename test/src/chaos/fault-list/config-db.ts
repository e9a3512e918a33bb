/** What EXCS reads from the Config DB, and how. */
import type { ListedFault } from './listed-fault.ts';

export const configDb: readonly ListedFault[] = [
  {
    fault: 'The backend that reads the Config DB is killed, cancelled, or hangs behind a lock',
    sees: '`config-db` in `/health/ready` until the next poll that reads completely',
    lost: 'nothing: what was read counts for nothing',
    test: {
      file: 'packages/excs/src/sync/safety.test.ts',
      title: 'and %s: the read is refused, nothing is written, the next cycle works',
    },
  },
  {
    fault:
      'Any value at all in an annex: huge, control characters, half characters, `__proto__`, absurd numbers and dates',
    sees: 'at most a refusal or a conflict that names the object',
    lost: 'nothing',
    test: {
      file: 'packages/excs/src/engage/any-value.test.ts',
      title: 'in rows of an annex makes an annex',
    },
  },
  {
    fault: 'Any text at all as the script of a virtual group',
    sees: 'a script that is not understood is a conflict of that group alone',
    lost: 'nothing',
    test: {
      file: 'packages/excs/src/engage/any-value.test.ts',
      title: 'in a script of a virtual group is a script or a fault of that group',
    },
  },
  {
    fault:
      'A row holds what cannot be read: letters for a number, a flag that is none, a name or an annex value of megabytes',
    sees: 'a conflict (`excs_conflicts`) that names object, table and column; one line in the log',
    lost: 'nothing: what exists of the object in the cloud stays as it is until the row is corrected, all others go on',
    test: {
      file: 'packages/excs/src/sync/unreadable-rows.test.ts',
      title: '$what: is left as it is, nothing is taken away, others go on',
    },
  },
  {
    fault: 'Many rows of a table cannot be read: a column is not the one that EXCS takes it for',
    sees: '`config-db` in `/health/ready` with the number of rows, table and column',
    lost: 'nothing: the whole read is refused, nothing is written',
    alarm: 'ConfigDbDown',
    test: { file: 'packages/excs/src/engage/complete-scan.test.ts', title: 'one of %i in %i %s' },
  },
  {
    fault: 'A table grows beyond what memory can hold',
    sees: '`config-db` in `/health/ready` names the table',
    lost: 'nothing: the read is refused before a row is fetched, nothing is written',
    alarm: 'SyncStopped',
    test: {
      file: 'packages/excs/src/engage/complete-scan.test.ts',
      title: 'beyond what is ever read refuses the read before a row of it is fetched',
    },
  },
  {
    fault:
      'CONFIG_DB_URL leads to a standby that lags behind what was read before (after a fail-over, a restart)',
    sees: '`config-db` in `/health/ready` with both positions; `excs_config_db_behind_bytes`',
    lost: 'nothing: such a read is refused until the standby has caught up or is promoted',
    alarm: 'ConfigDbDown',
    test: {
      file: 'packages/excs/src/sync/standby.test.ts',
      title:
        'that lags is refused, by the next process too; it is read when it has caught up, and when it is promoted',
    },
  },
  {
    fault: 'PostgreSQL takes connections and says nothing more',
    sees: '`config-db` in `/health/ready` after 5 s; the next poll asks again',
    lost: 'nothing',
    alarm: 'ConfigDbDown',
    test: {
      file: 'packages/excs/src/sync/hung-database.test.ts',
      title: 'and takes connections without a word more is given up, and asked again by the next cycle',
    },
  },
  {
    fault:
      'The connection to PostgreSQL is half open in the middle of a read, or its answer comes in drops for ever',
    sees: '`config-db` in `/health/ready` after 65 s, or after five minutes for the whole read; the next poll reads anew',
    lost: 'nothing: what was read counts for nothing',
    alarm: 'ConfigDbDown',
    test: {
      file: 'packages/excs/src/sync/hung-database.test.ts',
      title: 'in the middle of a read is given up: %s, the connection half open',
    },
  },
  {
    fault:
      'Any cell of any row holds what cannot be read: text, fractions, nothing, numbers beyond all bounds, texts that are too long',
    sees: 'a conflict of that object, a kind that is refused, or a refused read',
    lost: 'nothing: whatever hangs on the row stays, users, skills, roles, members, queues and codes alike',
    test: {
      file: 'packages/excs/src/engage/any-row.test.ts',
      title: 'a cell that cannot be read takes nothing away, wherever it stands',
    },
  },
];
