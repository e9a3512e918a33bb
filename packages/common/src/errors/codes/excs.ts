/** Error codes of EXCS. */
import type { ErrorCodeInfo } from './info.ts';

export const excsCodes = {
  // EXCS: reading Engage
  'engage.unreachable': {
    status: 503,
    summary: 'The Config DB cannot be reached.',
    remedy: 'Check CONFIG_DB_URL, the network and the account; the service tries again at each poll.',
  },
  'engage.schema-mismatch': {
    status: 500,
    summary: 'The Config DB lacks tables or columns under the names that were tried.',
    remedy: 'Give the real names in the file of CONFIG_DB_SCHEMA_MAP, or correct CONFIG_DB_SCHEMA.',
  },
  'engage.tenant-missing': {
    status: 500,
    summary: 'The Config DB has no tenant with the configured DBID.',
    remedy: 'Set TENANT_ID to the DBID of the tenant.',
  },
  'engage.read-failed': {
    status: 503,
    summary: 'A read of the Config DB was broken off.',
    remedy: 'Nothing was changed. Look at the database if it happens again; the next poll repeats the read.',
  },
  'engage.read-incomplete': {
    status: 503,
    summary: 'A read of the Config DB did not yield the number of rows that the database counts.',
    remedy: 'Nothing was changed. Look at the database if it happens again; the next poll repeats the read.',
  },
  'engage.source-lags': {
    status: 503,
    summary: 'The Config DB server is a standby that has not come as far as what was read before.',
    remedy:
      'Nothing was changed; reads go on when it has caught up. Look at its replication, promote it, or name the primary in CONFIG_DB_URL.',
  },
  'engage.data-invalid': {
    status: 500,
    summary: 'The Config DB holds values that are not what the column is for.',
    remedy: 'Check that CONFIG_DB_SCHEMA_MAP names the right columns, or correct the rows that are named.',
  },
  'engage.read-refused': {
    status: 503,
    summary:
      'A table of the Config DB that had rows is empty, or holds more than can be read: nothing is derived from such a read.',
    remedy:
      'Restore the table, or look at what fills it. If it is meant to be empty, see "A table became empty" in the troubleshooting guide.',
  },
  // EXCS: synchronisation
  'settings.missing': {
    status: 503,
    summary: 'The Config DB has no transaction hybrid_integration, or it lacks the client of config_sync.',
    remedy: 'Create the List transaction hybrid_integration of the tenant with the options of the guide.',
  },
  'settings.client-unfit': {
    status: 503,
    summary:
      'An OAuth client of hybrid_integration is refused or belongs to another organisation; it is not used.',
    remedy:
      'Correct client_id and client_secret of that section, or the client in Genesys Cloud; it is tried every minute.',
  },
  'sync.standby': {
    status: 503,
    summary: 'Another instance synchronises; this one only answers look-ups.',
    remedy: 'Send the request to the active instance; /health/ready says "active": true there.',
  },
  'ledger.unreadable': {
    status: 503,
    summary:
      'What EXCS has stored about the EX organisation is in a format of a newer release; nothing is planned or written.',
    remedy: 'Run the release of EXCS that stored it, or a newer one.',
  },
  'sync.foreign-deployment': {
    status: 503,
    summary: 'Another deployment of the connector has marked this EX organisation.',
    remedy: 'Stop the other deployment; then start this one once with TAKEOVER=true.',
  },
  'sync.stopped-by-limit': {
    status: 503,
    summary: 'The plan exceeds a safety limit, so nothing of it was applied.',
    remedy:
      'Read /api/v1/sync/plan; allow it by POST /api/v1/sync/runs with its planId and numbers, or correct Engage.',
  },
  'sync.busy': {
    status: 409,
    summary: 'Too many runs wait already.',
    remedy: 'Wait until one of them has ended.',
  },
  'sync.failed': {
    status: 503,
    summary: 'A run could not be finished.',
    remedy: 'Look at /health/ready and at the log; the next cycle goes on where this one stopped.',
  },
  'mapping.changed': {
    status: 409,
    summary: 'The mapping has changed since the first page of the listing.',
    remedy: 'Begin with the first page again.',
  },
  'run.not-found': {
    status: 404,
    summary: 'There is no run with this ID, or it was too long ago.',
    remedy: 'Runs are kept until the service restarts, the newest hundred.',
  },
  'plan.not-found': {
    status: 404,
    summary: 'No plan has been made yet.',
    remedy: 'Wait for the first cycle, or ask for one by POST /api/v1/sync/runs.',
  },
  'table.not-known': {
    status: 404,
    summary: 'No read of the Config DB has found rows in a table of this name.',
    remedy: 'Take the name as the refusal of the read gives it; /api/v1/sync shows it under "stopped".',
  },
  'plan.changed': {
    status: 409,
    summary: 'The allowance names a plan that is not the newest one.',
    remedy: 'Read /api/v1/sync/plan again and decide on the plan that stands there now.',
  },
} as const satisfies Record<string, ErrorCodeInfo>;
