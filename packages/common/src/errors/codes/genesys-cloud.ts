/** Error codes of the client of Genesys Cloud. */
import type { ErrorCodeInfo } from './info.ts';

export const genesysCloudCodes = {
  'cloud.not-configured': {
    status: 503,
    summary: 'The address and the OAuth client of Genesys Cloud are not known yet.',
    remedy: 'Fill in the hybrid_integration transaction; Config Sync copies it to Redis.',
  },
  'cloud.host-not-allowed': {
    status: 502,
    summary: 'A configured cloud address is outside the list of allowed hosts.',
    remedy: 'Correct base_service_url or base_auth_url, or add the host to GENESYS_CLOUD_ALLOWED_HOSTS.',
  },
  'cloud.login-failed': {
    status: 502,
    summary: 'Genesys Cloud gave no access token for the OAuth client.',
    remedy:
      'If it was refused, check client_id, client_secret and base_auth_url of this service; else the network.',
  },
  'cloud.login-throttled': {
    status: 503,
    summary: 'Genesys Cloud limits the number of log-ins of this OAuth client.',
    remedy: 'Wait; if it lasts, look for other programs that log in with the same OAuth client.',
  },
  'cloud.unauthorized': {
    status: 502,
    summary: 'Genesys Cloud refused the access token, also after a new log-in.',
    remedy: 'Check that the OAuth client is active and that the address of this machine is allowed.',
  },
  'cloud.forbidden': {
    status: 502,
    summary: 'The OAuth client lacks a permission for the operation.',
    remedy: 'Give its role the permission that the message names; the guide lists what each service needs.',
  },
  'cloud.rate-limited': {
    status: 503,
    summary: 'Genesys Cloud answered 429 until the tries of this request were used up.',
    remedy: 'Lower GENESYS_CLOUD_REQUESTS_PER_MINUTE or find what else uses the same OAuth client.',
  },
  'cloud.lane-stopped': {
    status: 503,
    summary: 'Genesys Cloud asked for a pause of more than three minutes; requests stop until it is over.',
    remedy: 'Wait for the named time; a daily limit of the organisation may be used up.',
  },
  'cloud.overloaded': {
    status: 503,
    summary: 'Too many requests wait for the request budget.',
    remedy: 'Wait; for steady load beyond the budget use more tokens or ask for a higher limit.',
  },
  'cloud.held-back': {
    status: 503,
    summary: 'A request was not sent, or not once more: its sender could not confirm that it still may.',
    remedy: 'No action needed as a rule: another instance is active. See the message.',
  },
  'cloud.unavailable': {
    status: 503,
    summary: 'Genesys Cloud cannot be reached or answers 502, 503 or 504.',
    remedy: 'Check the network, the proxy and the status page of Genesys Cloud; the service tries again.',
  },
  'cloud.server-error': {
    status: 502,
    summary: 'Genesys Cloud failed while it worked on the request (500).',
    remedy: 'If it repeats, report the correlation ID to Genesys.',
  },
  'cloud.outcome-unknown': {
    status: 503,
    summary: 'The answer to a request was lost, so it may or may not have been carried out.',
    remedy: 'No action needed: the service looks at what is there before it tries again.',
  },
  'cloud.conflict': {
    status: 409,
    summary: 'The object exists already, or was changed by somebody else in the meantime.',
    remedy: 'None as a rule: the service reads the object again; else see the message.',
  },
  'cloud.not-found': {
    status: 404,
    summary: 'The object does not exist in Genesys Cloud, or is not visible to the OAuth client.',
    remedy: 'If it exists, check the divisions of the role of the OAuth client.',
  },
  'cloud.too-large': {
    status: 413,
    summary: 'The body of a request is larger than Genesys Cloud takes.',
    remedy: 'No action needed: the service sends smaller requests.',
  },
  'cloud.refused': {
    status: 502,
    summary: 'Genesys Cloud refused the request.',
    remedy: 'See the code and the message of the answer; the correlation ID helps support.',
  },
  'cloud.redirected': {
    status: 502,
    summary: 'A cloud address answered with a redirect, which is never followed.',
    remedy: 'Correct base_service_url or base_auth_url, or look for a captive portal or proxy.',
  },
  'cloud.request-invalid': {
    status: 500,
    summary: 'The service was about to send something that the cloud contract does not allow.',
    remedy: 'Report it with the message: it is a fault of the connector.',
  },
  'cloud.response-invalid': {
    status: 502,
    summary: 'An answer of Genesys Cloud is not what its contract says, or is too large.',
    remedy: 'Look for a proxy that answers in its place; else report the operation and the message.',
  },
  'cloud.listing-endless': {
    status: 502,
    summary: 'A listing has more pages or records than the limit, or its pages repeat.',
    remedy: 'Report the operation; nothing was removed on the strength of this listing.',
  },
  'cloud.listing-incomplete': {
    status: 502,
    summary: 'A listing gave fewer records than the total it named.',
    remedy: 'No action needed: it is read again.',
  },
  'cloud.closed': {
    status: 503,
    summary: 'The cloud client is shutting down.',
    remedy: 'No action needed: the service is stopping.',
  },
} as const satisfies Record<string, ErrorCodeInfo>;
