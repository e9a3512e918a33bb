/** The annex of hybrid_integration: what is taken, what is a fault, and that no fault shows a secret. */
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ExecError } from '../errors/errors.ts';
import { AllowedHosts } from './allowed-hosts.ts';
import { parseHybridIntegration } from './hybrid-integration.ts';

type Sections = Record<string, Record<string, string>>;

const whole: Sections = {
  general: {
    organization_sname: 'acme',
    organization_id: 'org-1',
    base_service_url: 'https://api.mypurecloud.com/api/',
  },
  config_sync: { client_id: 'cs', client_secret: 'cs-secret' },
  agent_state_sync: { client_id: 'as', client_secret: 'as-secret', agent_polling_interval: '30' },
  conversation_provider: { client_id: 'cp', client_secret: 'cp-secret' },
};

function parse(sections: Sections) {
  const annex = new Map(
    Object.entries(sections).map(([name, options]) => [name, new Map(Object.entries(options))]),
  );
  return parseHybridIntegration(annex, AllowedHosts.publicDomains);
}

function faultOf(sections: Sections): string {
  try {
    parse(sections);
  } catch (error) {
    expect(error).toBeInstanceOf(ExecError);
    expect((error as ExecError).code).toBe('settings.invalid');
    return (error as Error).message;
  }
  return 'no fault';
}

describe('parseHybridIntegration', () => {
  it('gives the settings', () => {
    const { settings, warnings } = parse(whole);
    expect(warnings).toEqual([]);
    expect(settings).toMatchObject({
      organizationShortName: 'acme',
      organizationId: 'org-1',
      baseServiceUrl: 'https://api.mypurecloud.com',
      tokenUrl: 'https://login.mypurecloud.com/oauth/token',
      agentPollingIntervalSeconds: 30,
    });
    expect(settings.clients.agent_state_sync?.clientId).toBe('as');
    expect(settings.clients.agent_state_sync?.clientSecret.reveal()).toBe('as-secret');
  });

  it('does without the optional parts', () => {
    const { settings } = parse({
      general: { organization_id: 'o', base_service_url: 'https://api.mypurecloud.com' },
    });
    expect(settings.clients).toEqual({});
    expect(settings.agentPollingIntervalSeconds).toBe(60);
    expect(settings).not.toHaveProperty('organizationShortName');
  });

  it('finds names in another case, exact ones first', () => {
    const general = { ...whole.general, ORGANIZATION_ID: 'wrong' };
    expect(parse({ ...whole, general }).settings.organizationId).toBe('org-1');
    const { settings } = parse({
      General: { Organization_Id: 'o-2', BASE_SERVICE_URL: 'https://api.mypurecloud.com' },
    });
    expect(settings.organizationId).toBe('o-2');
  });

  it('lists all faults', () => {
    const message = faultOf({
      general: { base_service_url: 'https://evil.example' },
      config_sync: { client_id: 'x' },
      agent_state_sync: { client_secret: 'never-shown' },
      conversation_provider: { client_id: 'x', client_secret: '********' },
    });
    expect(message).toContain('general/organization_id is missing');
    expect(message).toContain('general/base_service_url evil.example is not allowed');
    expect(message).toContain('config_sync/client_secret is missing');
    expect(message).toContain('agent_state_sync/client_id is missing');
    expect(message).toContain('conversation_provider/client_secret is masked');
    expect(message).not.toContain('never-shown');
  });

  it.each(['0', '3601', 'often', '-1', '1.5'])(
    'uses 60 s with a warning for the polling interval %j',
    (value) => {
      const agent_state_sync = { ...whole.agent_state_sync, agent_polling_interval: value };
      const { settings, warnings } = parse({ ...whole, agent_state_sync });
      expect(settings.agentPollingIntervalSeconds).toBe(60);
      expect(warnings).toHaveLength(1);
    },
  );

  it('never shows a secret', () => {
    expect(inspect(parse(whole), { depth: 9, showHidden: true })).not.toMatch(/-secret'/);
    expect(JSON.stringify(parse(whole))).not.toContain('cs-secret');
  });
});
