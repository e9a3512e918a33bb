/** The variables of each service that may stand in `.env`, checked here before anything reaches a VM. */
import {
  commonVariables,
  integer,
  linkVariables,
  peerAddress,
  readableFile,
  text,
  textTo,
  url,
  type Variables,
  variable,
} from '@exec/common/config';

export const services = ['excs', 'exas', 'excp'] as const;
export type Service = (typeof services)[number];

/** Ports of the services unless `HTTP_PORT` says otherwise. */
export const defaultPorts: Readonly<Record<Service, number>> = { excs: 3640, exas: 3630, excp: 3650 };

const plain = (expected: string) => variable({ schema: text(expected).optional(), description: '' });
const whole = (min = 0) => variable({ schema: integer({ min, max: 1_000_000 }).optional(), description: '' });
const file = () => variable({ schema: readableFile().optional(), description: '' });
const server = () => variable({ schema: peerAddress().optional(), description: '' });
const amount = () =>
  variable({
    schema: textTo('a count such as 20, or a share such as 5%', (value) =>
      /^(\d{1,7}|\d{1,2}%|100%)$/.test(value.trim()) ? value.trim() : undefined,
    ).optional(),
    description: '',
  });
const answer = () =>
  variable({
    schema: textTo('true or false', (value) =>
      /^(true|false)$/i.test(value.trim()) ? value.trim() : undefined,
    ).optional(),
    description: '',
  });

const excsOnly = {
  CONFIG_DB_URL: variable({
    schema: url('postgresql', 'postgres'),
    description: 'The Config DB: postgresql://user:password@host:5432/database.',
    secret: true,
  }),
  CONFIG_DB_SCHEMA: plain('the name of a schema'),
  CONFIG_DB_SCHEMA_MAP: file(),
  SYNC_FOLDER: plain('the name of a folder'),
  SYNC_DN_TYPES: plain('a comma list of DN types'),
  SYNC_INTERVAL_SECONDS: whole(1),
  FULL_READ_SECONDS: whole(1),
  DRIFT_INTERVAL_SECONDS: whole(1),
  SYNC_MAX_DEACTIVATIONS: amount(),
  SYNC_MAX_REMOVALS: amount(),
  SYNC_MAX_CREATIONS: whole(),
  PROTECTED_ROLES: plain('a comma list of roles'),
  DEFAULT_EMAIL_DOMAIN: plain('a mail domain'),
  SKILL_LEVEL_MAX: whole(1),
  WRAPUP_ATTRIBUTE: plain('the name of a business attribute'),
} as const;

const exasOnly = {
  STAT_SERVER_PRIMARY: variable({ schema: peerAddress(), description: 'Primary Stat Server or its bridge.' }),
  STAT_SERVER_BACKUP: server(),
  TENANT_NAME: plain('the name of the tenant'),
  STATE_MAP_FILE: file(),
  REASON_MAP_FILE: file(),
  REASSERT_INTERVAL_SECONDS: whole(1),
  ENGAGE_DOWN_OFFLINE_SECONDS: whole(),
} as const;

const excpOnly = {
  SIP_SERVER_PRIMARY: server(),
  SIP_SERVER_BACKUP: server(),
  SIP_SERVER_QUEUES_PRIMARY: server(),
  SIP_SERVER_QUEUES_BACKUP: server(),
  SIP_SERVER_EXTENSIONS_PRIMARY: server(),
  SIP_SERVER_EXTENSIONS_BACKUP: server(),
  SIP_SERVER_CALLS_PRIMARY: server(),
  SIP_SERVER_CALLS_BACKUP: server(),
  SWITCH_NAME: plain('the name of the switch'),
  SITES_FILE: file(),
  DISPOSITION_KEY: plain('a key of the attached data'),
  DISPOSITION_GRACE_SECONDS: whole(),
  ACW_REQUIRED: answer(),
} as const;

/** `HTTP_PORT` has no default in the services' own table; here it has that of the service. */
const commonOf = (service: Service): Variables => ({
  ...commonVariables,
  HTTP_PORT: variable({
    schema: integer({ min: 1, max: 65_535 }).default(defaultPorts[service]),
    description: 'Port of the service on its VM.',
  }),
});

export const serviceVariables: Readonly<Record<Service, Variables>> = {
  excs: { ...commonOf('excs'), ...excsOnly },
  exas: { ...commonOf('exas'), ...linkVariables, ...exasOnly },
  excp: { ...commonOf('excp'), ...linkVariables, ...excpOnly },
};

/** Variables that name a file here: it is copied to the VM and mounted, and the variable follows it. */
export const fileVariables: ReadonlySet<string> = new Set([
  'REDIS_CA_FILE',
  'TLS_CERT_FILE',
  'TLS_KEY_FILE',
  'GENESYS_CLOUD_CA_FILE',
  'EXCS_CA_FILE',
  'ENGAGE_LINK_CA_FILE',
  'ENGAGE_LINK_CERT_FILE',
  'ENGAGE_LINK_KEY_FILE',
  'CONFIG_DB_SCHEMA_MAP',
  'STATE_MAP_FILE',
  'REASON_MAP_FILE',
  'SITES_FILE',
]);
