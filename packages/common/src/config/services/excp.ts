/** The environment variables of EXCP besides the common ones. */
import { linkVariables } from '../link-variables.ts';
import { flag, integer, peerAddress, readableFile, text } from '../values.ts';
import { variable } from '../variable.ts';

const example = (number: number) => `sip${number}.example.com:8000`;

export const excpVariables = {
  ...linkVariables,
  SIP_SERVER_PRIMARY: variable({
    schema: peerAddress().optional(),
    description:
      'Primary SIP Server, or the bridge in front of it: `host:port` or `tls://host:port`. For all three clients.',
    example: example(1),
  }),
  SIP_SERVER_BACKUP: variable({
    schema: peerAddress().optional(),
    description: 'Backup SIP Server of the pair.',
    example: example(2),
  }),
  SIP_SERVER_QUEUES_PRIMARY: variable({
    schema: peerAddress().optional(),
    description: 'Primary for the client of the virtual queues, where it differs.',
  }),
  SIP_SERVER_QUEUES_BACKUP: variable({
    schema: peerAddress().optional(),
    description: 'Backup for the client of the virtual queues.',
  }),
  SIP_SERVER_EXTENSIONS_PRIMARY: variable({
    schema: peerAddress().optional(),
    description: 'Primary for the client of the extensions, where it differs.',
  }),
  SIP_SERVER_EXTENSIONS_BACKUP: variable({
    schema: peerAddress().optional(),
    description: 'Backup for the client of the extensions.',
  }),
  SIP_SERVER_CALLS_PRIMARY: variable({
    schema: peerAddress().optional(),
    description: 'Primary for the client of the call monitoring, where it differs.',
  }),
  SIP_SERVER_CALLS_BACKUP: variable({
    schema: peerAddress().optional(),
    description: 'Backup for the client of the call monitoring.',
  }),
  SWITCH_NAME: variable({
    schema: text('the name of the switch').optional(),
    description: 'Name of the switch behind the SIP Server, as in the Config DB. Not with `SITES_FILE`.',
    example: 'SIP_Switch',
  }),
  SITES_FILE: variable({
    schema: readableFile().optional(),
    file: true,
    description:
      'JSON file with several sites: a list of `{"switch", "primary", "backup"}`, each with `queues`, `extensions` ' +
      'or `calls` as a pair of its own where that client connects elsewhere. Replaces the single variables.',
  }),
  DISPOSITION_KEY: variable({
    schema: text('a key of the attached data').default('DispositionCode'),
    description: 'Key of the attached data that holds the disposition.',
  }),
  DISPOSITION_GRACE_SECONDS: variable({
    schema: integer({ min: 0, max: 86_400 }).default(1800),
    description: 'How long after the end of an agent’s leg a disposition is taken, in seconds.',
  }),
  MAX_CALL_HOURS: variable({
    schema: integer({ min: 1, max: 168 }).default(12),
    description:
      'A conversation that has lasted for so many hours is closed with `System` and counted: its end never arrived.',
  }),
  KEEP_DAYS: variable({
    schema: integer({ min: 1, max: 365 }).default(30),
    description:
      'For how many days dead letters, entries of the quarantine and gaps are kept. The first two hold telephone numbers.',
  }),
  ACW_REQUIRED: variable({
    schema: flag().default(false),
    description:
      'Set to `true` to report after-call work for every agent. If no wrap-up code arrives within ' +
      '`DISPOSITION_GRACE_SECONDS`, it is reported as skipped.',
  }),
} as const;
