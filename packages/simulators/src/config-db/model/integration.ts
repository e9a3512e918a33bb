/** The transaction `hybrid_integration`, whose annex tells the connector where the EX organisation is. */
import type { ContactCentre } from '../contact-centre.ts';
import type { HybridIntegration } from '../options.ts';
import { objectType, state, type TransactionRow } from './rows.ts';

/** Transaction type List (URS function reference, section Configuration Server). */
const LIST = 21;
/** How newer servers show an option that is marked hidden. */
export const MASKED_SECRET = '********';

export function addTransaction(centre: ContactCentre, tenantDbid: number, name: string): TransactionRow {
  const row: TransactionRow = {
    dbid: centre.store.nextDbid(objectType.transaction),
    tenant_dbid: tenantDbid,
    name,
    type: LIST,
    record_period: 0,
    alias: name,
    description: null,
    state: state.enabled,
  };
  centre.store.insert('cfg_transaction', row);
  return row;
}

/** Writes what is given, and leaves options that are not given as they are. */
export function setIntegration(
  centre: ContactCentre,
  transaction: number,
  integration: HybridIntegration,
  masked: boolean,
): void {
  const set = (section: string, option: string, value: string | undefined): void => {
    if (value !== undefined) centre.annex.set(objectType.transaction, transaction, section, option, value);
  };
  set('general', 'organization_sname', integration.organizationShortName);
  set('general', 'organization_id', integration.organizationId);
  set('general', 'base_service_url', integration.baseServiceUrl);
  set('general', 'base_auth_url', integration.baseAuthUrl);
  for (const [section, client] of Object.entries(integration.clients)) {
    set(section, 'client_id', client.clientId);
    set(section, 'client_secret', masked ? MASKED_SECRET : client.clientSecret);
  }
  set('agent_state_sync', 'agent_polling_interval', integration.agentPollingInterval?.toString());
}
