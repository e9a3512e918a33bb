/** Puts the parts of a synchronisation together; the service and the plan command share it. */
import type { Clock } from '@exec/common/clock';
import type { SettingsStore } from '@exec/common/config';
import { GenesysCloud } from '@exec/common/genesys-cloud';
import type { Logger } from '@exec/common/logging';
import type { Registry } from '@exec/common/metrics';
import type { KeySpace, RedisConnection } from '@exec/common/redis';
import type { ServiceEnvironment } from '@exec/common/service';
import { Ledger } from '../cloud/ledger.ts';
import type { SyncRules } from '../desired/model.ts';
import { ConfigDb } from '../engage/config-db.ts';
import { EngageReader } from '../engage/reader.ts';
import type { excsVariables } from '../environment.ts';
import type { LimitRules } from '../plan/limits.ts';
import { Access } from './access.ts';
import { EngageSide } from './engage-side.ts';
import { Journal } from './journal.ts';
import { Knowledge } from './knowledge.ts';

export interface Assembly {
  readonly db: ConfigDb;
  readonly engage: EngageSide;
  readonly access: Access;
  readonly cloud: GenesysCloud;
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly knowledge: Knowledge;
  readonly limits: LimitRules;
}

export interface AssembleOptions {
  readonly env: ServiceEnvironment<typeof excsVariables>;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly redis: RedisConnection;
  readonly keys: KeySpace;
  /** Undefined in a dry run: nothing is written anywhere. */
  readonly settings: SettingsStore | undefined;
  readonly version: string;
  readonly signal: AbortSignal;
  readonly cloudHealth?: { up(detail?: string): void; down(detail: string): void };
}

/** The search and the listings of the cloud may lag this long behind a write, in milliseconds (assumed). */
export const defaultSettleMs = 120_000;

export function assemble(options: AssembleOptions & { readonly settleMs?: number | undefined }): Assembly {
  const { env, logger, registry, clock, redis, keys, signal } = options;
  const db = new ConfigDb({ url: env.CONFIG_DB_URL, clock });
  const { map, unused } = env.CONFIG_DB_SCHEMA_MAP;
  if (unused.length > 0)
    logger.warn(`CONFIG_DB_SCHEMA_MAP names what EXCS does not read: ${unused.join(', ')}`);
  const reader = new EngageReader({
    db,
    owner: env.CONFIG_DB_SCHEMA,
    map,
    tenant: env.TENANT_ID,
    queueTypes: env.SYNC_DN_TYPES,
    wrapupAttribute: env.WRAPUP_ATTRIBUTE,
    logger,
  });
  const rules: SyncRules = {
    folder: env.SYNC_FOLDER,
    queueTypes: env.SYNC_DN_TYPES,
    defaultEmailDomain: env.DEFAULT_EMAIL_DOMAIN,
    skillLevelMax: env.SKILL_LEVEL_MAX,
    virtualGroups: map.virtualGroups,
  };
  const engage = new EngageSide({ reader, rules, clock, fullReadMs: env.FULL_READ_SECONDS * 1000 });
  const access = new Access({
    orgId: env.ORG_ID,
    allowedHosts: env.GENESYS_CLOUD_ALLOWED_HOSTS,
    logger,
    store: options.settings,
  });
  const cloud = new GenesysCloud({
    access: () => access.current,
    allowedHosts: env.GENESYS_CLOUD_ALLOWED_HOSTS,
    requestsPerMinute: env.GENESYS_CLOUD_REQUESTS_PER_MINUTE,
    tokens: env.GENESYS_CLOUD_TOKENS,
    caFile: env.GENESYS_CLOUD_CA_FILE,
    proxy: env.HTTPS_PROXY === undefined ? undefined : { url: env.HTTPS_PROXY, except: env.NO_PROXY },
    clock,
    logger,
    registry,
    health: options.cloudHealth,
    userAgent: `exec-excs/${options.version}`,
  });
  const ledger = new Ledger({ redis, keys });
  const knowledge = new Knowledge({
    cloud,
    ledger,
    clock,
    logger,
    tenant: env.TENANT_ID,
    protectedRoles: env.PROTECTED_ROLES,
    takeover: env.TAKEOVER,
    driftMs: env.DRIFT_INTERVAL_SECONDS * 1000,
    settleMs: options.settleMs ?? defaultSettleMs,
    signal,
    readOnly: options.settings === undefined,
  });
  return {
    db,
    engage,
    access,
    cloud,
    ledger,
    journal: new Journal({ redis, keys, ledger }),
    knowledge,
    limits: {
      deactivations: env.SYNC_MAX_DEACTIVATIONS,
      removals: env.SYNC_MAX_REMOVALS,
      // A folder is a decision about who is mapped; without one the first plan could bill everybody.
      creations: env.SYNC_FOLDER === undefined ? env.SYNC_MAX_CREATIONS : undefined,
    },
  };
}
