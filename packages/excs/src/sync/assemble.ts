/** Puts the parts of a synchronisation together; the service and the plan command share it. */
import type { Clock } from '@exec/common/clock';
import type { SettingsStore } from '@exec/common/config';
import type { FollowedFiles } from '@exec/common/files';
import type { Formats } from '@exec/common/formats';
import { GenesysCloud, type GenesysCloudOptions } from '@exec/common/genesys-cloud';
import type { Dependency } from '@exec/common/http';
import type { Logger } from '@exec/common/logging';
import { createRegistry, type Registry } from '@exec/common/metrics';
import type { KeySpace, RedisConnection } from '@exec/common/redis';
import type { ServiceEnvironment } from '@exec/common/service';
import type { SyncRules } from '../desired/rules.ts';
import { ConfigDb, type ConfigDbLimits } from '../engage/config-db.ts';
import { EngageReader } from '../engage/reader.ts';
import type { excsVariables } from '../environment.ts';
import { Ledger } from '../organization/ledger.ts';
import type { LimitRules } from '../plan/limits.ts';
import { Access } from './access.ts';
import { ClientProofs } from './client-proofs.ts';
import { Decisions } from './decisions.ts';
import { EngageSide } from './engage-side.ts';
import { Journal } from './journal/journal.ts';
import { SourceMark } from './source-mark.ts';
import { StateKeeper } from './state-keeper.ts';

export interface Assembly {
  readonly db: ConfigDb;
  readonly engage: EngageSide;
  readonly access: Access;
  readonly cloud: GenesysCloud;
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly sourceMark: SourceMark;
  readonly stateKeeper: StateKeeper;
  readonly limits: LimitRules;
  readonly decisions: Decisions;
}

export interface AssembleOptions {
  readonly env: ServiceEnvironment<typeof excsVariables>;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly redis: RedisConnection;
  readonly keys: KeySpace;
  readonly formats: Formats;
  /** Undefined in a dry run: nothing is written anywhere. */
  readonly settings: SettingsStore | undefined;
  readonly version: string;
  /** Follows certificates; none in a dry run. */
  readonly files?: FollowedFiles;
  readonly signal: AbortSignal;
  readonly cloudHealth?: Dependency;
  /** Says which OAuth client of `hybrid_integration` does not fit. */
  readonly clientsHealth?: Dependency;
}

/** The search and the listings of the cloud may lag this long behind a write, in milliseconds (assumed). */
export const defaultVisibilityMs = 120_000;

export function assemble(
  options: AssembleOptions & {
    readonly visibilityMs?: number | undefined;
    readonly configDbLimits?: Partial<ConfigDbLimits> | undefined;
    readonly cloudLimits?: Pick<GenesysCloudOptions, 'timeoutMs' | 'deadlineMs'> | undefined;
  },
): Assembly {
  const { env, logger, registry, clock, redis, keys, formats, signal } = options;
  const db = new ConfigDb({ url: env.CONFIG_DB_URL, clock, limits: options.configDbLimits });
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
  const cloudOptions = {
    allowedHosts: env.GENESYS_CLOUD_ALLOWED_HOSTS,
    caFile: env.GENESYS_CLOUD_CA_FILE,
    files: options.files,
    proxy: env.HTTPS_PROXY === undefined ? undefined : { url: env.HTTPS_PROXY, except: env.NO_PROXY },
    requestsPerMinute: env.GENESYS_CLOUD_REQUESTS_PER_MINUTE,
    clock,
    logger,
    userAgent: `exec-excs/${options.version}`,
    ...options.cloudLimits,
  };
  const access = new Access({
    orgId: env.ORG_ID,
    allowedHosts: env.GENESYS_CLOUD_ALLOWED_HOSTS,
    logger,
    store: options.settings,
    health: options.clientsHealth,
    proofs: new ClientProofs({
      orgId: env.ORG_ID,
      clock,
      ask: async (client, until) => {
        // A client of its own for one question; its metrics are nobody's.
        const cloud = new GenesysCloud({
          ...cloudOptions,
          access: () => client,
          tokens: 1,
          registry: createRegistry({ service: 'excs', version: options.version, processMetrics: false }),
        });
        try {
          return (await cloud.organization.me({ signal: until })).id;
        } finally {
          await cloud.close();
        }
      },
    }),
  });
  const cloud = new GenesysCloud({
    ...cloudOptions,
    access: () => access.current,
    tokens: env.GENESYS_CLOUD_TOKENS,
    registry,
    health: options.cloudHealth,
  });
  const ledger = new Ledger({ redis, keys, formats });
  const journal = new Journal({ redis, keys, formats, ledger });
  const stateKeeper = new StateKeeper({
    cloud,
    ledger,
    clock,
    logger,
    tenant: env.TENANT_ID,
    protectedRoles: env.PROTECTED_ROLES,
    takeover: env.TAKEOVER,
    primarySourceScope: env.PRIMARY_SOURCE_SCOPE,
    driftMs: env.DRIFT_INTERVAL_SECONDS * 1000,
    visibilityMs: options.visibilityMs ?? defaultVisibilityMs,
    signal,
    readOnly: options.settings === undefined,
  });
  return {
    db,
    engage,
    access,
    cloud,
    ledger,
    journal,
    sourceMark: new SourceMark({ redis, keys, formats }),
    stateKeeper,
    limits: {
      deactivations: env.SYNC_MAX_DEACTIVATIONS,
      removals: env.SYNC_MAX_REMOVALS,
      // A folder is a decision about who is mapped; without one the first plan could bill everybody.
      creations: env.SYNC_FOLDER === undefined ? env.SYNC_MAX_CREATIONS : undefined,
    },
    decisions: new Decisions({ journal, logger, mode: env.SYNC_REVIEW }),
  };
}
