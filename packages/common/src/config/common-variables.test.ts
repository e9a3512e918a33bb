/** Defaults and rules of the variables that every service has. */
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { AllowedHosts } from './allowed-hosts.ts';
import { type CommonEnvironment, checkCommon, commonVariables } from './common-variables.ts';
import { type ConfigurationError, parseEnvironment } from './environment.ts';

const minimum = {
  ORG_ID: 'org-1',
  TENANT_ID: '101',
  REDIS_URL: 'redis://localhost:6379',
  HTTP_PORT: '0',
  SETTINGS_KEY: 'A'.repeat(43),
};

const parse = (env: NodeJS.ProcessEnv): CommonEnvironment =>
  parseEnvironment(commonVariables, env, { check: checkCommon });

function faulty(env: NodeJS.ProcessEnv): string[] {
  try {
    parse(env);
    return [];
  } catch (error) {
    return (error as ConfigurationError).faults.map((fault) => fault.variable);
  }
}

describe('common variables', () => {
  it('have the documented defaults', () => {
    const env = parse(minimum);
    expect(env).toMatchObject({
      TENANT_ID: 101,
      REDIS_KEY_PREFIX: 'exec',
      HTTP_HOST: '0.0.0.0',
      LOG_LEVEL: 'info',
      GENESYS_CLOUD_REQUESTS_PER_MINUTE: 285,
      GENESYS_CLOUD_TOKENS: 1,
      SETTINGS_PLAINTEXT: false,
      TAKEOVER: false,
      INSTANCE_ID: hostname(),
      API_TOKEN: undefined,
    });
    expect(env.GENESYS_CLOUD_ALLOWED_HOSTS).toBe(AllowedHosts.publicDomains);
  });

  it('need the organisation, the tenant and Redis', () => {
    expect(faulty({})).toEqual(['ORG_ID', 'TENANT_ID', 'REDIS_URL', 'HTTP_PORT', 'SETTINGS_KEY']);
  });

  it('write an organisation ID that is a UUID in one way, since it is part of every Redis key', () => {
    const id = '5B1C6F0E-3F0A-4D2C-9A51-0C6D2F1E7A11';
    expect(parse({ ...minimum, ORG_ID: id }).ORG_ID).toBe(id.toLowerCase());
    expect(parse({ ...minimum, ORG_ID: 'Org-A' }).ORG_ID).toBe('Org-A');
  });

  it.each([
    ['ORG_ID', 'a}b'],
    ['ORG_ID', 'a.b'],
    ['TENANT_ID', 'Environment'],
    ['TENANT_ID', '0'],
    ['REDIS_URL', 'localhost:6379'],
    ['REDIS_CA_FILE', '/absent.pem'],
    ['REDIS_KEY_PREFIX', 'a{b'],
    ['HTTP_PORT', '65536'],
    ['API_TOKEN', 'with blank of enough characters'],
    ['API_TOKEN', 'of-21-characters-only'],
    ['API_TOKEN', 'of-more-than-22-characters,short'],
    ['API_TOKEN', 'name=of-21-characters-only'],
    ['API_TOKEN', 'change-me-change-me-change-me'],
    ['API_TOKEN', 'aaaaaaaaaaaaaaaaaaaaaaaa'],
    ['API_READ_TOKEN', 'short'],
    ['LOG_LEVEL', 'loud'],
    ['GENESYS_CLOUD_ALLOWED_HOSTS', 'http://api.mypurecloud.com'],
    ['GENESYS_CLOUD_REQUESTS_PER_MINUTE', '0'],
    ['GENESYS_CLOUD_TOKENS', '51'],
    ['HTTPS_PROXY', 'proxy:3128'],
    ['SETTINGS_KEY', 'too-short'],
    ['SETTINGS_PLAINTEXT', 'yes'],
    ['INSTANCE_ID', 'a:b'],
  ])('%s cannot be %j', (name, value) => {
    expect(faulty({ ...minimum, [name]: value })).toEqual([name]);
  });

  it('take the two TLS files only together', () => {
    const path = import.meta.filename;
    expect(faulty({ ...minimum, TLS_CERT_FILE: path })).toEqual(['TLS_KEY_FILE']);
    expect(faulty({ ...minimum, TLS_KEY_FILE: path })).toEqual(['TLS_CERT_FILE']);
    expect(faulty({ ...minimum, TLS_KEY_FILE: path, TLS_CERT_FILE: path })).toEqual([]);
    expect(faulty({ ...minimum, TLS_KEY_FILE: path, TLS_CERT_FILE: '/absent' })).toEqual(['TLS_CERT_FILE']);
  });

  it('need a settings key unless plain storage is asked for', () => {
    expect(faulty({ ...minimum, SETTINGS_KEY: '' })).toEqual(['SETTINGS_KEY']);
    expect(faulty({ ...minimum, SETTINGS_KEY: '', SETTINGS_PLAINTEXT: 'true' })).toEqual([]);
  });

  it.each(['0123456789abcdef'.repeat(4), `${'A'.repeat(43)}=`, `${'_-'.repeat(21)}A`])(
    'take a settings key written as %s',
    (key) => {
      expect(parse({ ...minimum, SETTINGS_KEY: key }).SETTINGS_KEY?.reveal()).toBe(key);
    },
  );
});
