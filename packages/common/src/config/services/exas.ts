/** The environment variables of EXAS besides the common ones. */
import { linkVariables } from '../link-variables.ts';
import { integer, peerAddress, readableFile, text } from '../values.ts';
import { variable } from '../variable.ts';

export const exasVariables = {
  ...linkVariables,
  STAT_SERVER_PRIMARY: variable({
    schema: peerAddress(),
    description: 'Primary Stat Server, or the bridge in front of it: `host:port` or `tls://host:port`.',
    example: 'stat1.example.com:2060',
  }),
  STAT_SERVER_BACKUP: variable({
    schema: peerAddress().optional(),
    description: 'Backup Stat Server of the pair.',
    example: 'stat2.example.com:2060',
  }),
  TENANT_NAME: variable({
    schema: text('the name of the tenant').default('Resources'),
    description: 'Name of the tenant as Stat Server knows it.',
  }),
  STATE_MAP_FILE: variable({
    schema: readableFile().optional(),
    file: true,
    description: 'JSON file with the rows of the translation table that differ from the built-in ones.',
  }),
  REASON_MAP_FILE: variable({
    schema: readableFile().optional(),
    file: true,
    description: 'JSON file from the not-ready reasons of the site to presences.',
  }),
  REASSERT_INTERVAL_SECONDS: variable({
    schema: integer({ min: 60, max: 86_400 }).default(1800),
    description: 'Every state is sent once more after this time, in seconds, even without a change.',
  }),
  ENGAGE_DOWN_OFFLINE_SECONDS: variable({
    schema: integer({ min: 0, max: 86_400 }).default(0),
    description:
      'When no Stat Server can be used for so many seconds, all agents are set Offline; 0 leaves them as they are.',
  }),
} as const;
