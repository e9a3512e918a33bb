/** Who we are: the token, the organisation and its limits. */
import { z } from 'zod';
import { type Caller, type CallOptions, operation } from '../call.ts';
import { namedEntity } from './schemas.ts';

const organization = z.looseObject({
  id: z.string().min(1),
  name: z.string().optional(),
  /** Short name of the organisation. */
  thirdPartyOrgName: z.string().optional(),
  domain: z.string().optional(),
  state: z.string().optional(),
  productPlatform: z.string().optional(),
});
export type Organization = z.output<typeof organization>;

const tokenInfo = z.looseObject({
  organization: namedEntity.optional(),
  OAuthClient: z.looseObject({ id: z.string().optional(), name: z.string().optional() }).optional(),
});
export type TokenInfo = z.output<typeof tokenInfo>;

const limit = z.looseObject({
  key: z.string().optional(),
  namespace: z.string().optional(),
  value: z.number().optional(),
});
export type Limit = z.output<typeof limit>;

/** Namespaces of limits that matter to the connector. */
export type LimitNamespace = 'platform.api' | 'presence' | 'routing' | 'users' | 'authorization';

const getTokensMe = operation({
  name: 'getTokensMe',
  method: 'GET',
  path: '/tokens/me',
  answer: tokenInfo,
});
const getOrganizationsMe = operation({
  name: 'getOrganizationsMe',
  method: 'GET',
  path: '/organizations/me',
  answer: organization,
});
const getLimits = operation({
  name: 'getOrganizationsLimitsNamespace',
  method: 'GET',
  path: '/organizations/limits/namespaces/{namespaceName}',
  answer: z.looseObject({ entities: z.array(limit).optional() }),
});

export class OrganizationOperations {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** The organisation of the OAuth client; its ID is compared with the configured one. */
  me(options?: CallOptions): Promise<Organization> {
    return this.#caller.call(getOrganizationsMe, {}, options);
  }

  /** The current token: cheap, needs no permission. */
  token(options?: CallOptions): Promise<TokenInfo> {
    return this.#caller.call(getTokensMe, {}, options);
  }

  /** Effective limits of a namespace, by key. */
  async limits(namespace: LimitNamespace, options?: CallOptions): Promise<ReadonlyMap<string, number>> {
    const listing = await this.#caller.call(getLimits, { path: { namespaceName: namespace } }, options);
    const limits = new Map<string, number>();
    for (const { key, value } of listing.entities ?? []) {
      if (key !== undefined && value !== undefined) limits.set(key, value);
    }
    return limits;
  }
}
