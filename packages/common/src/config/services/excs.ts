/** The environment variables of EXCS besides the common ones. */
import { isMailAddress } from '../mail-address.ts';
import { commaList, integer, oneOf, readableFile, text, textTo, url } from '../values.ts';
import { variable } from '../variable.ts';

/** Numbers of the DN types that can become queues, as in the Config DB (CfgDNType). */
const dnTypes: Readonly<Record<string, number>> = {
  acdqueue: 3,
  routingpoint: 4,
  virtualqueue: 5,
  routingqueue: 22,
};

/** A limit of the synchronisation: a number, or a share of what exists. */
export type Amount = { readonly count: number } | { readonly percent: number };

/** `20` or `5%`. */
function amount() {
  return textTo<Amount>('a count such as 20, or a share such as 5%', (value) => {
    const parts = /^(\d{1,7})(%?)$/.exec(value.trim());
    if (parts === null) return undefined;
    const number = Number(parts[1]);
    if (parts[2] !== '%') return { count: number };
    return number <= 100 ? { percent: number } : undefined;
  });
}

/** Names with or without blanks, in any case, or the number of the DN type. */
function dnTypeList() {
  return textTo<number[]>('a comma list of VirtualQueue, ACDQueue, RoutingQueue, RoutingPoint', (value) => {
    const types: number[] = [];
    for (const item of value.split(',')) {
      const type = dnTypes[item.replaceAll(/[\s_-]/g, '').toLowerCase()];
      if (type === undefined) return undefined;
      if (!types.includes(type)) types.push(type);
    }
    return types;
  });
}

export const excsVariables = {
  CONFIG_DB_URL: variable({
    schema: url('postgresql', 'postgres'),
    description:
      'The Config DB, `postgresql://user:password@host:5432/database`; `sslmode` and `sslrootcert` are honoured. ' +
      'The account needs SELECT and nothing else.',
    secret: true,
    example: 'postgresql://exec:password@configdb.example.com:5432/cfg?sslmode=verify-full',
  }),
  CONFIG_DB_SCHEMA: variable({
    schema: text('the name of a schema').optional(),
    description: 'Schema of the tables; without it the one that the account finds first.',
  }),
  CONFIG_DB_SCHEMA_MAP: variable({
    schema: readableFile().optional(),
    file: true,
    description: 'JSON file that renames tables and columns of the Config DB.',
    defaultText: 'the default names',
    example: '/etc/exec/schema-map.json',
  }),
  SYNC_FOLDER: variable({
    schema: text('the name of a folder').optional(),
    description:
      'Name of the folder at the root of the Skills unit, the Persons unit and the DNs unit of each switch that ' +
      'limits what is mapped; without it every eligible object is.',
    example: 'EX_EVOLUTION',
  }),
  SYNC_DN_TYPES: variable({
    schema: dnTypeList().default([5]),
    description:
      'Comma list of the DN types that become queues: VirtualQueue, ACDQueue, RoutingQueue, RoutingPoint.',
    defaultText: 'VirtualQueue',
  }),
  SYNC_INTERVAL_SECONDS: variable({
    schema: integer({ min: 1, max: 3600 }).default(10),
    description: 'Seconds between two looks at the Config DB.',
  }),
  FULL_READ_SECONDS: variable({
    schema: integer({ min: 1, max: 86_400 }).default(300),
    description:
      'Seconds after which the Config DB is read completely even if nothing seems to have changed.',
  }),
  DRIFT_INTERVAL_SECONDS: variable({
    schema: integer({ min: 10, max: 86_400 }).default(900),
    description: 'Seconds between two comparisons with everything that the EX organisation shows in pages.',
  }),
  SYNC_MAX_DEACTIVATIONS: variable({
    schema: amount().default({ percent: 5 }),
    description:
      'Maximum number of users that may be deactivated in any 24 hours: a count (`20`) or a percentage of the mapped ' +
      'active users (`5%`, never fewer than 5). A plan that exceeds it is not applied.',
    defaultText: '5%',
  }),
  SYNC_MAX_REMOVALS: variable({
    schema: amount().default({ percent: 10 }),
    description:
      'Maximum number of removals of each kind (queue members, roles, skills of users, codes of queues) in any 24 ' +
      'hours: a count (`50`) or a percentage of what exists (`10%`, never fewer than 20). A plan that exceeds it is not ' +
      'applied.',
    defaultText: '10%',
  }),
  SYNC_REVIEW: variable({
    schema: oneOf(['first', 'always', 'never']).default('first'),
    description:
      'Which plans wait until a person approves them: `first` the first plan of the deployment, `always` every plan, ' +
      '`never` none (but for `SYNC_MAX_CREATIONS`).',
  }),
  SYNC_MAX_CREATIONS: variable({
    schema: integer({ min: 0, max: 1_000_000 }).default(50),
    description:
      'Maximum number of users that one plan may create or activate without approval when SYNC_FOLDER is not set: ' +
      'active users are billed.',
  }),
  PRIMARY_SOURCE_SCOPE: variable({
    schema: oneOf(['user', 'organization']).default('user'),
    description:
      'How our presence source becomes the primary one: `user` sets it for each mapped user, which costs a request for ' +
      'each; `organization` makes it the default of the whole organisation, also for users that are not mapped.',
  }),
  PROTECTED_ROLES: variable({
    schema: commaList('a comma list of roles').default(['admin', 'Master Admin']),
    description: 'Comma list of roles of the EX organisation whose holders are never deactivated.',
  }),
  DEFAULT_EMAIL_DOMAIN: variable({
    schema: textTo('a mail domain such as example.com', (value) =>
      isMailAddress(`user@${value.trim()}`) ? value.trim() : undefined,
    ).optional(),
    description: 'Domain that is added to the user name of persons without an e-mail address.',
    example: 'example.com',
  }),
  SKILL_LEVEL_MAX: variable({
    schema: integer({ min: 1, max: 1000 }).default(5),
    description:
      'Skill level that stands for the highest proficiency 5.0; higher levels are cut and counted.',
  }),
  WRAPUP_ATTRIBUTE: variable({
    schema: text('the name of a business attribute').default('DispositionCode'),
    description: 'Business attribute whose values become wrap-up codes.',
  }),
} as const;
