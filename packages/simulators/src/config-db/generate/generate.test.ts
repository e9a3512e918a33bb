/** A generated contact centre is repeatable, consistent, of the right size, and odd where asked. */
import { describe, expect, it } from 'vitest';
import type { ContactCentre } from '../contact-centre.ts';
import { linkOf } from '../model/groups.ts';
import { MASKED_SECRET } from '../model/integration.ts';
import { dnType, flag, objectType, state, tableNames } from '../model/rows.ts';
import { scriptOf } from '../model/skill-expression.ts';
import { flaws } from '../options.ts';
import { generateContactCentre } from './generate.ts';

const integration = {
  organizationId: '7f1b1f6e-0000-4000-8000-000000000001',
  organizationShortName: 'sample',
  baseServiceUrl: 'https://api.mypurecloud.com',
  clients: { config_sync: { clientId: 'cs', clientSecret: 's3cret' } },
  agentPollingInterval: 60,
};
const centre = generateContactCentre({ seed: 7, agents: 200, flaws, integration });
const { store } = centre;
const ofMain = <T extends { tenant_dbid: number }>(rows: Iterable<T>): T[] =>
  [...rows].filter((row) => row.tenant_dbid === centre.tenantDbid);

describe('a generated contact centre', () => {
  it('is the same for the same seed, and another for another', () => {
    const rows = (of: ContactCentre) => tableNames.map((table) => [...of.store.rows(table)]);
    const again = generateContactCentre({ seed: 7, agents: 200, flaws, integration });
    expect(rows(again)).toEqual(rows(centre));
    expect(rows(generateContactCentre({ seed: 8, agents: 200, flaws, integration }))).not.toEqual(
      rows(centre),
    );
  });

  it.each([20, 57, 200, 1_000])('has exactly %d agents in the main tenant', (agents) => {
    const made = generateContactCentre({ seed: 1, agents });
    const counted = [...made.store.rows('cfg_person')].filter(
      (row) => row.tenant_dbid === made.tenantDbid && row.is_agent === flag.yes,
    );
    expect(counted).toHaveLength(agents);
  });

  it.each([19, 20_001, 30.5])('refuses %d agents', (agents) => {
    expect(() => generateContactCentre({ seed: 1, agents })).toThrow(RangeError);
  });

  it('has agents with unique employee IDs, user names and login codes per switch', () => {
    const unique = (values: string[]) => expect(new Set(values).size).toBe(values.length);
    unique([...store.rows('cfg_person')].map((row) => row.employee_id));
    unique([...store.rows('cfg_person')].map((row) => row.user_name));
    unique([...store.rows('cfg_agent_login')].map((row) => `${row.switch_dbid}/${row.login_code}`));
    unique([...store.rows('cfg_dn')].map((row) => `${row.switch_dbid}/${row.type}/${row.number_.trim()}`));
  });

  it('uses login codes again on other switches', () => {
    const codes = ofMain(store.rows('cfg_agent_login')).map((row) => row.login_code);
    expect(new Set(codes).size).toBeLessThan(codes.length);
  });

  it('puts each person, skill and number into exactly one folder', () => {
    for (const [table, type] of [
      ['cfg_person', objectType.person],
      ['cfg_skill', objectType.skill],
      ['cfg_dn', objectType.dn],
    ] as const)
      for (const row of store.rows(table))
        expect(store.find('cfg_folder_item', { object_type: type, object_dbid: row.dbid })).toBeDefined();
  });

  it('repeats numbers across object types', () => {
    expect(store.find('cfg_person', { dbid: 101 })).toBeDefined();
    expect(store.find('cfg_skill', { dbid: 101 })).toBeDefined();
    expect(store.find('cfg_dn', { dbid: 101 })).toBeDefined();
  });

  it('says who is at work with what', () => {
    const agents = centre.agentsAtWork();
    expect(agents.length).toBeGreaterThan(150);
    expect(agents.filter((agent) => agent.extension !== undefined).length).toBeGreaterThan(150);
    const sites = new Set(centre.directory().map((entry) => entry.switch));
    for (const agent of agents) for (const login of agent.logins) expect(sites).toContain(login.switch);
    expect(centre.directory().some((entry) => entry.type === dnType.virtualQueue && entry.alias === '')).toBe(
      true,
    );
  });

  it('keeps the settings of the connector in the annex of a transaction', () => {
    const [main, foreign] = [...store.rows('cfg_transaction')].filter(
      (row) => row.name === 'hybrid_integration',
    );
    const option = (transaction: number | undefined, section: string, name: string) =>
      centre.annex.get(objectType.transaction, transaction ?? 0, section, name);
    expect(option(main?.dbid, 'general', 'organization_id')).toBe(integration.organizationId);
    expect(option(main?.dbid, 'config_sync', 'client_id')).toBe('cs');
    expect(option(main?.dbid, 'agent_state_sync', 'agent_polling_interval')).toBe('60');
    expect(option(foreign?.dbid, 'config_sync', 'client_secret')).toBe(MASKED_SECRET);
  });

  it('keeps the secret readable unless a masked one is asked for', () => {
    const made = generateContactCentre({ seed: 7, agents: 20, integration });
    const [main] = [...made.store.rows('cfg_transaction')];
    expect(made.annex.get(objectType.transaction, main?.dbid ?? 0, 'config_sync', 'client_secret')).toBe(
      's3cret',
    );
    const [masked] = [...store.rows('cfg_transaction')];
    expect(centre.annex.get(objectType.transaction, masked?.dbid ?? 0, 'config_sync', 'client_secret')).toBe(
      MASKED_SECRET,
    );
  });
});

describe('the irregularities', () => {
  const enabledQueues = ofMain(store.rows('cfg_dn')).filter((row) => row.type === dnType.virtualQueue);
  const links = ofMain(store.rows('cfg_group')).map((row) => linkOf(centre, row.dbid));
  const foldedTwice = (names: string[]) =>
    new Set(names.map((name) => name.toLowerCase())).size < new Set(names).size;

  it.each([
    [
      'skill names that differ in case only',
      () => foldedTwice(ofMain(store.rows('cfg_skill')).map((row) => row.name)),
    ],
    ['aliases that differ in case only', () => foldedTwice(enabledQueues.map((row) => row.name ?? ''))],
    [
      'dispositions that differ in case only',
      () =>
        foldedTwice(ofMain(store.rows('cfg_enumerator_value')).map((row) => row.display_name ?? row.name)),
    ],
    [
      'two persons with one e-mail address',
      () => foldedTwice(ofMain(store.rows('cfg_person')).map((row) => row.email_address ?? String(row.dbid))),
    ],
    [
      'an agent without any address',
      () =>
        ofMain(store.rows('cfg_person')).some(
          (row) => row.is_agent === flag.yes && row.email_address === null && !row.user_name.includes('@'),
        ),
    ],
    [
      'blanks behind names',
      () => ofMain(store.rows('cfg_person')).some((row) => row.employee_id.endsWith(' ')),
    ],
    ['a disabled queue', () => enabledQueues.some((row) => row.state === state.disabled)],
    ['a link to no queue', () => links.includes('VQ_that_is_gone')],
    [
      'a link that fits two queues',
      () => links.some((link) => enabledQueues.filter((row) => row.number_.trim() === link).length === 2),
    ],
    [
      'levels above the highest',
      () => [...store.rows('cfg_skill_level')].some((row) => row.level_ > centre.options.levelMax),
    ],
    [
      'members who are gone',
      () =>
        [...store.rows('cfg_agent_group')].some(
          (row) => store.find('cfg_person', { dbid: row.agent_dbid }) === undefined,
        ),
    ],
    [
      'a script about who is logged in',
      () =>
        [...centre.scripts.values()].some(
          (script) => script !== 'unreadable' && scriptOf(script).includes('LoggedIn'),
        ),
    ],
    ['a script that cannot be read', () => [...centre.scripts.values()].includes('unreadable')],
    [
      'a script longer than one row',
      () =>
        [...centre.scripts.values()].some(
          (script) => script !== 'unreadable' && scriptOf(script).length > 255,
        ),
    ],
    [
      'equal numbers on two switches',
      () => new Set(enabledQueues.map((row) => row.number_)).size < enabledQueues.length,
    ],
  ])('include %s', (_name, present) => {
    expect(present()).toBe(true);
  });

  it('are absent when none is asked for', () => {
    const plainCentre = generateContactCentre({ seed: 7, agents: 200, flaws: [] });
    for (const row of plainCentre.store.rows('cfg_person')) {
      expect(row.state).toBe(state.enabled);
      expect(row.employee_id).toBe(row.employee_id.trim());
    }
    for (const row of plainCentre.store.rows('cfg_agent_group'))
      expect(plainCentre.store.find('cfg_person', { dbid: row.agent_dbid })).toBeDefined();
    const names = [...plainCentre.store.rows('cfg_skill')]
      .filter((row) => row.tenant_dbid === plainCentre.tenantDbid)
      .map((row) => row.name);
    expect(foldedTwice(names)).toBe(false);
  });
});
