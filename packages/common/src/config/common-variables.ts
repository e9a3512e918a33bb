/** The environment variables that every service has. */
import { hostname } from 'node:os';
import { AllowedHosts } from './allowed-hosts.ts';
import { apiTokenList, apiTokensOf } from './api-tokens.ts';
import { consoleLinks } from './console-links.ts';
import type { ConfigurationFault } from './environment.ts';
import type { Secret } from './secret.ts';
import { parseSettingsKeys } from './settings-cipher.ts';
import { flag, integer, oneOf, readableFile, text, textTo, url } from './values.ts';
import { type EnvironmentOf, variable } from './variable.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export const commonVariables = {
  ORG_ID: variable({
    // The ID is part of every Redis key: a UUID in capitals must not make other keys on one of the machines.
    schema: textTo('the ID of the EX organisation (letters, digits, "-", "_")', (value) => {
      const id = value.trim();
      if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) return undefined;
      return uuid.test(id) ? id.toLowerCase() : id;
    }),
    description: 'ID of the EX organisation, as in `general/organization_id` of `hybrid_integration`.',
    example: '5b1c6f0e-3f0a-4d2c-9a51-0c6d2f1e7a11',
  }),
  TENANT_ID: variable({
    schema: integer({ min: 1, max: 2_147_483_647 }),
    description: 'DBID of the tenant in the Config DB.',
    example: '101',
  }),
  REDIS_URL: variable({
    schema: url('redis', 'rediss'),
    description: 'Redis of the deployment, `redis://` or with TLS `rediss://`; may hold user and password.',
    secret: true,
    example: 'rediss://:password@redis.example.com:6379',
  }),
  REDIS_CA_FILE: variable({
    schema: readableFile().optional(),
    file: true,
    description: 'PEM file with the certificate authority of Redis.',
  }),
  REDIS_KEY_PREFIX: variable({
    schema: textTo('up to 64 letters, digits, ".", "_" or "-"', (value) =>
      /^[A-Za-z0-9._-]{1,64}$/.test(value.trim()) ? value.trim() : undefined,
    ).default('exec'),
    description: 'First part of every Redis key.',
  }),
  HTTP_HOST: variable({
    schema: text('a host name or address').default('0.0.0.0'),
    description:
      'Address on which REST, metrics and health are served. In the `.env` of EXOP: the address of the VM on which they are published.',
  }),
  HTTP_PORT: variable({
    schema: integer({ min: 0, max: 65_535 }),
    description: 'Port on which REST, metrics and health are served; 0 takes any free one.',
    defaultText: '3640 (EXCS), 3630 (EXAS), 3650 (EXCP)',
  }),
  API_TOKEN: variable({
    schema: apiTokenList().optional(),
    description:
      'Bearer token of operators at `/api`, at least 22 characters; a comma list while tokens are changed, ' +
      '`name=token` names the caller in the audit. Without it nothing can be changed by `/api`; without it and ' +
      '`API_READ_TOKEN` reads are answered on loopback only, to requests that no proxy has forwarded.',
    secret: true,
  }),
  API_READ_TOKEN: variable({
    schema: apiTokenList().optional(),
    description: 'Bearer token of readers at `/api`, as `API_TOKEN`: for looking and resolving only.',
    secret: true,
  }),
  CONSOLE: variable({
    schema: flag().default(true),
    description: '`false` serves no page at `/console`.',
  }),
  CONSOLE_LINKS: variable({
    schema: consoleLinks().optional(),
    description: 'Consoles of the other services, for the bar of this one: `name=address`, in a comma list.',
    example: 'EXCS=https://excs.example.com:3640/console/,EXAS=https://exas.example.com:3630/console/',
  }),
  ALLOW_PLAINTEXT: variable({
    schema: flag().default(false),
    description:
      '`true` sends secrets (tokens, passwords, what the Config DB holds) also over plain text to peers that are not ' +
      'on loopback. Only for a network that nobody else can listen to.',
  }),
  TLS_CERT_FILE: variable({
    schema: readableFile().optional(),
    file: true,
    description: 'PEM file with the certificate chain of the HTTP server; needs `TLS_KEY_FILE`.',
  }),
  TLS_KEY_FILE: variable({
    schema: readableFile().optional(),
    file: true,
    description: 'PEM file with the private key of the HTTP server; needs `TLS_CERT_FILE`.',
  }),
  AUDIT_DAYS: variable({
    schema: integer({ min: 1, max: 3_650 }).default(365),
    description: 'For how many days the audit is kept, within its bound of entries.',
  }),
  LOG_LEVEL: variable({
    schema: oneOf(logLevels).default('info'),
    description: `Lowest level that is logged: ${logLevels.join(', ')}.`,
  }),
  GENESYS_CLOUD_ALLOWED_HOSTS: variable({
    schema: textTo('a comma list of hosts or https origins (http on loopback only)', (value) =>
      AllowedHosts.parse(value),
    ).default(AllowedHosts.publicDomains),
    description:
      'Comma list of hosts or origins that may be used as Genesys Cloud: https, http on loopback only. ' +
      'For a host outside the public domains `base_auth_url` must be given.',
    defaultText: AllowedHosts.publicDomains.toString(),
    example: 'http://127.0.0.1:9000',
  }),
  GENESYS_CLOUD_REQUESTS_PER_MINUTE: variable({
    schema: integer({ min: 1, max: 100_000 }).default(285),
    description: 'Requests sent in any 60 seconds per OAuth token; the public limit is 300.',
  }),
  GENESYS_CLOUD_TOKENS: variable({
    schema: integer({ min: 1, max: 50 }).default(1),
    description: 'OAuth tokens used side by side, each with its own budget of requests.',
  }),
  GENESYS_CLOUD_CA_FILE: variable({
    schema: readableFile().optional(),
    file: true,
    description: 'PEM file with the certificate authority of Genesys Cloud or of an intercepting proxy.',
  }),
  HTTPS_PROXY: variable({
    schema: url('http', 'https').optional(),
    description: 'Proxy for the way to Genesys Cloud; may hold user and password.',
    secret: true,
    example: 'http://proxy.example.com:3128',
  }),
  NO_PROXY: variable({
    schema: text('a comma list of hosts').optional(),
    description: 'Comma list of hosts that are reached without the proxy.',
  }),
  SETTINGS_KEY: variable({
    schema: textTo('32 bytes as base64 or as 64 hexadecimal digits', (value) =>
      parseSettingsKeys(value) === undefined ? undefined : value.trim(),
    ).optional(),
    description:
      'Key (32 bytes, base64 or hexadecimal) that encrypts the client secrets in Redis: that of EXCS, or on EXAS and EXCP ' +
      'only the key of their own secret, `<section>:<key>`. While keys are exchanged a comma list: the first encrypts, all decrypt.',
    secret: true,
  }),
  SETTINGS_PLAINTEXT: variable({
    schema: flag().default(false),
    description: '`true` keeps the client secrets in Redis unencrypted when there is no `SETTINGS_KEY`.',
  }),
  TAKEOVER: variable({
    schema: flag().default(false),
    description:
      '`true` lets this deployment take over an EX organisation that another deployment has marked.',
  }),
  INSTANCE_ID: variable({
    schema: textTo('up to 64 letters, digits, ".", "_" or "-"', (value) =>
      /^[A-Za-z0-9._-]{1,64}$/.test(value.trim()) ? value.trim() : undefined,
    ).default(
      () =>
        hostname()
          .replace(/[^A-Za-z0-9._-]/g, '-')
          .slice(0, 64) || 'instance',
    ),
    description:
      'Name of this instance; a second live instance of the same service with this name is refused.',
    defaultText: 'the host name',
  }),
} as const;

export type CommonEnvironment = EnvironmentOf<typeof commonVariables>;

/** Rules over several of the common variables. */
export function* checkCommon(values: {
  readonly TLS_CERT_FILE?: string | undefined;
  readonly TLS_KEY_FILE?: string | undefined;
  readonly API_TOKEN?: Secret | undefined;
  readonly API_READ_TOKEN?: Secret | undefined;
  readonly SETTINGS_KEY?: Secret | undefined;
  readonly SETTINGS_PLAINTEXT?: boolean | undefined;
}): Iterable<ConfigurationFault> {
  if (has(values, 'TLS_CERT_FILE') && has(values, 'TLS_KEY_FILE')) {
    if (values.TLS_CERT_FILE !== undefined && values.TLS_KEY_FILE === undefined)
      yield { variable: 'TLS_KEY_FILE', problem: 'is not set although TLS_CERT_FILE is; set both or none' };
    if (values.TLS_KEY_FILE !== undefined && values.TLS_CERT_FILE === undefined)
      yield { variable: 'TLS_CERT_FILE', problem: 'is not set although TLS_KEY_FILE is; set both or none' };
  }
  const operators = new Set(apiTokensOf(values.API_TOKEN, '').map(({ token }) => token.reveal()));
  if (apiTokensOf(values.API_READ_TOKEN, '').some(({ token }) => operators.has(token.reveal())))
    yield {
      variable: 'API_READ_TOKEN',
      problem: 'has a token that is one of API_TOKEN, too; expected tokens of its own',
    };
  if (has(values, 'SETTINGS_KEY') && values.SETTINGS_KEY === undefined && values.SETTINGS_PLAINTEXT === false)
    yield {
      variable: 'SETTINGS_KEY',
      problem:
        'is not set (or SETTINGS_KEY_FILE); expected 32 bytes as base64 or hexadecimal, the same on all services, ' +
        'e.g. from "openssl rand -base64 32". SETTINGS_PLAINTEXT=true stores client secrets unencrypted instead',
    };
}

function has(values: object, name: string): boolean {
  return Object.hasOwn(values, name);
}
