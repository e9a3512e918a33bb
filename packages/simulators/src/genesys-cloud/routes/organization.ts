/** Routes of the token, the organisation and its limits. */
import { ApiError } from '../api-error.ts';
import { maxBodyBytes } from '../http/body.ts';
import { type ApiCall, type CloudContext, type Handlers, ok, param } from '../http/handler.ts';
import { sourceLimits } from '../store/presence.ts';

export function organizationRoutes(context: CloudContext): Handlers {
  return {
    getTokensMe: (call) => ok(tokenInfo(context, call)),
    headTokensMe: () => ok(),
    getOrganizationsMe: (call) => ok(organization(context, call)),
    getOrganizationsLimitsNamespace: (call) => ok(limits(call, context.requestsPerMinute)),
  };
}

function tokenInfo(context: CloudContext, call: ApiCall): unknown {
  const { id, name } = context.state.organization;
  const { client } = call.token;
  const grants = context.state.authorization.grants(client.clientId);
  return {
    organization: { id, name },
    homeOrganization: { id, name },
    authorizedScope: [],
    OAuthClient: {
      id: client.clientId,
      name: client.name,
      authorizedGrantType: 'CLIENT-CREDENTIALS',
      roleDivisions: grants.map(({ roleId, divisionId }) => ({ roleId, divisionId })),
      state: 'active',
      organization: { id, name },
    },
  };
}

function organization(context: CloudContext, call: ApiCall): unknown {
  const { name, shortName } = context.state.organization;
  const id = call.token.client.organizationId ?? context.state.organization.id;
  return {
    id,
    name,
    defaultLanguage: 'en-us',
    defaultCountryCode: 'US',
    thirdPartyOrgName: shortName,
    domain: shortName,
    version: 1,
    state: 'active',
    voicemailEnabled: false,
    productPlatform: 'GenesysCloud',
    features: {},
    selfUri: '/api/v2/organizations/me',
  };
}

/** Keys of `platform.api` are published; those of the other namespaces are ours, for the limits this fake has. */
function limits(call: ApiCall, requestsPerMinute: number): unknown {
  const namespace = param(call, 'namespaceName');
  const known: Readonly<Record<string, Readonly<Record<string, number>>>> = {
    'platform.api': {
      'client.credentials.token.rate.per.minute': requestsPerMinute,
      'token.rate.per.minute': requestsPerMinute,
      'org.app.user.rate.per.minute': 3_000,
      'request.bytes.max': maxBodyBytes,
    },
    presence: { 'sources.active.max': sourceLimits.active },
    routing: { 'queues.max': 5_000 },
    users: { 'external.ids.per.user.max': 100 },
    authorization: { 'divisions.max': 50 },
  };
  const values = known[namespace];
  if (values === undefined) throw new ApiError(400, 'invalid.value', `Unknown namespace ${namespace}.`);
  return {
    entities: Object.entries(values).map(([key, value]) => ({
      key,
      namespace,
      value: Math.min(value, 2 ** 31 - 1),
    })),
  };
}
