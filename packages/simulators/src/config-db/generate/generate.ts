/** Makes a believable contact centre from a seed. */

import { Random } from '../../random.ts';
import { ContactCentre } from '../contact-centre.ts';
import { addEnumerator, addEnumeratorValue } from '../model/catalogue.ts';
import { addTransaction, setIntegration } from '../model/integration.ts';
import { addPerson } from '../model/people.ts';
import { RowStore } from '../model/row-store.ts';
import { flag, objectType, state } from '../model/rows.ts';
import { addSwitch } from '../model/telephony.ts';
import { type ContactCentreOptions, type HybridIntegration, resolveOptions } from '../options.ts';
import { makeAgents, makeSkills, makeStaff } from './agents.ts';
import { addFlaws, agentsOfFlaws } from './flaws.ts';
import { makeGroups } from './groups.ts';
import { dnUnit, layOutUnit, tenantUnit } from './layout.ts';
import type { Site, TenantPlan, Workshop } from './plan.ts';
import { makeOtherNumbers, makeQueues } from './queues.ts';
import { dispositions, sites as siteNames } from './words.ts';

/** Tenant of the installation itself, and number of the predefined person in it, by convention. */
const ENVIRONMENT = 1;
const PREDEFINED_PERSON = 100;
/** Settings of the second tenant cannot be used: its secrets are masked. */
const foreignIntegration: HybridIntegration = {
  organizationId: '00000000-0000-4000-8000-000000000000',
  organizationShortName: 'other',
  baseServiceUrl: 'https://api.other.example',
  clients: { config_sync: { clientId: 'other-config-sync', clientSecret: '' } },
};

/** @throws RangeError when the size is out of bounds. */
export function generateContactCentre(options: ContactCentreOptions): ContactCentre {
  const resolved = resolveOptions(options);
  const store = new RowStore();
  const main = store.nextDbid(objectType.tenant);
  const other = store.nextDbid(objectType.tenant);
  const centre = new ContactCentre(resolved, store, main, other);
  addTenant(centre, ENVIRONMENT, 'Environment', flag.yes);
  addTenant(centre, main, 'Resources', flag.no);
  addTenant(centre, other, 'Outsourcer', flag.no);
  const { agents, switches, queues, skills, flaws } = resolved;
  buildTenant(centre, { tenantDbid: main, agents, switches, queues, skills, flaws });
  buildTenant(centre, {
    tenantDbid: other,
    agents: Math.max(5, Math.ceil(agents / 20)),
    switches: 1,
    queues: 3,
    skills: 6,
    flaws: new Set(),
  });
  if (resolved.integration !== undefined)
    addIntegration(centre, main, resolved.integration, flaws.has('masked-secret'));
  addIntegration(centre, other, foreignIntegration, true);
  return centre;
}

function addTenant(centre: ContactCentre, dbid: number, name: string, isProvider: 1 | 2): void {
  centre.store.insert('cfg_tenant', {
    dbid,
    name,
    state: state.enabled,
    is_serv_provider: isProvider,
    is_super_tenant: isProvider,
    parent_tenant_dbid: dbid === ENVIRONMENT ? null : ENVIRONMENT,
    password: null,
  });
  if (dbid !== ENVIRONMENT) return;
  const folders = layOutUnit(centre, tenantUnit(dbid, objectType.person), 'Persons');
  addPerson(centre, {
    dbid: PREDEFINED_PERSON,
    tenantDbid: dbid,
    firstName: '',
    lastName: 'default',
    userName: 'default',
    employeeId: 'default',
    email: null,
    isAgent: false,
    folder: folders.outside[0]?.dbid ?? 0,
  });
}

function buildTenant(centre: ContactCentre, plan: TenantPlan): void {
  const workshop: Workshop = {
    centre,
    // Each tenant has its own draw, so that a change in one leaves the other as it is.
    random: new Random(Math.imul(centre.options.seed, 7_919) + plan.tenantDbid),
    plan,
    sites: makeSites(centre, plan),
    personFolders: layOutUnit(centre, tenantUnit(plan.tenantDbid, objectType.person), 'Persons'),
    skillFolders: layOutUnit(centre, tenantUnit(plan.tenantDbid, objectType.skill), 'Skills'),
    skills: [],
    agents: [],
    queues: [],
  };
  makeSkills(workshop);
  makeAgents(workshop, plan.agents - agentsOfFlaws(plan.flaws));
  makeStaff(workshop);
  makeQueues(workshop);
  makeOtherNumbers(workshop);
  makeGroups(workshop);
  makeBusinessAttributes(workshop);
  addFlaws(workshop);
}

function makeSites(centre: ContactCentre, plan: TenantPlan): Site[] {
  return Array.from({ length: plan.switches }, (_, index) => {
    const place = siteNames[index % siteNames.length];
    const found = addSwitch(centre, plan.tenantDbid, `SIP_${centre.numbering.word(place ?? '')}`);
    const style = index === 1 ? 'direct' : 'in unit';
    return { switch: found, folders: layOutUnit(centre, dnUnit(found.dbid), 'DNs', style) };
  });
}

function makeBusinessAttributes({ centre, plan }: Workshop): void {
  const codes = addEnumerator(centre, plan.tenantDbid, 'DispositionCode', 'Disposition Code');
  for (const [name, title] of dispositions) addEnumeratorValue(centre, codes, name, title);
  if (plan.flaws.has('case-conflicts')) addEnumeratorValue(centre, codes, 'sale_again', 'SALE');
  const services = addEnumerator(centre, plan.tenantDbid, 'ServiceType', 'Service Type');
  for (const name of ['gold', 'silver', 'bronze']) addEnumeratorValue(centre, services, name, name);
}

function addIntegration(
  centre: ContactCentre,
  tenantDbid: number,
  integration: HybridIntegration,
  masked: boolean,
): void {
  const transaction = addTransaction(centre, tenantDbid, 'hybrid_integration');
  setIntegration(centre, transaction.dbid, integration, masked);
  const list = addTransaction(centre, tenantDbid, 'opening_hours');
  centre.annex.set(objectType.transaction, list.dbid, 'monday', 'open', '08:00');
}
