/** The one root error class and the one table of error codes of all services. */

export interface ErrorCodeInfo {
  /** HTTP status when the error answers a request. */
  readonly status: number;
  /** What happened, in one sentence. */
  readonly summary: string;
  /** What the operator does about it. */
  readonly remedy: string;
}

/** Every code; the page docs/reference/errors.md is generated from this table. */
export const errorCodes = {
  // Configuration
  'config.invalid': {
    status: 500,
    summary: 'The environment is incomplete or holds a value that is not valid.',
    remedy: 'Correct every variable that the message lists, then start the service again.',
  },
  // REST
  'request.invalid': {
    status: 400,
    summary: 'The request has a missing, unknown or malformed parameter or body field.',
    remedy: 'Compare the request with /openapi.json; the answer names each field.',
  },
  'request.too-large': {
    status: 413,
    summary: 'The body or a list in it is larger than allowed.',
    remedy: 'Split the request.',
  },
  'request.unauthorized': {
    status: 401,
    summary: 'The bearer token is missing or wrong.',
    remedy: 'Send "Authorization: Bearer <API_TOKEN>" with the token of this service.',
  },
  'request.forbidden': {
    status: 403,
    summary: 'The API answers only on loopback because API_TOKEN is not set.',
    remedy: 'Set API_TOKEN (or API_TOKEN_FILE) on the service, or call it from the same machine.',
  },
  'request.not-found': {
    status: 404,
    summary: 'There is nothing at this path.',
    remedy: 'See /openapi.json for the paths of this service.',
  },
  'request.unsupported-media-type': {
    status: 415,
    summary: 'The body has a content type that is not understood.',
    remedy: 'Send JSON with "content-type: application/json".',
  },
  'service.unavailable': {
    status: 503,
    summary: 'The service cannot answer yet, or a part it needs is away.',
    remedy: 'Look at /health/ready: it names the dependency; repeat the request later.',
  },
  'internal.unexpected': {
    status: 500,
    summary: 'A fault that the service did not foresee.',
    remedy: 'Look for the request ID in the log of the service and report it.',
  },
  'http.listen-failed': {
    status: 500,
    summary: 'REST, metrics and health cannot be served.',
    remedy: 'Free the port, or set HTTP_HOST and HTTP_PORT to an address of this machine.',
  },
  // Running
  'instance.duplicate': {
    status: 500,
    summary: 'Two live instances of one service have the same INSTANCE_ID.',
    remedy: 'Give every instance its own INSTANCE_ID, then start this one again.',
  },
  'organization.mismatch': {
    status: 500,
    summary: 'ORG_ID, the transaction hybrid_integration and the EX organisation do not agree.',
    remedy:
      'Make ORG_ID and general/organization_id the ID of the organisation that the OAuth client belongs to.',
  },
  // Redis
  'redis.unavailable': {
    status: 503,
    summary: 'Redis is away, late or cannot take commands now.',
    remedy: 'Check REDIS_URL and the Redis server; the service goes on by itself when it is back.',
  },
  'redis.refused': {
    status: 500,
    summary: 'Redis refused a command.',
    remedy: 'Check the Redis release (6.2 or newer, no cluster mode) and the rights of its user.',
  },
  'lease.lost': {
    status: 503,
    summary: 'Another instance has taken over; what this one wanted to write was not written.',
    remedy: 'Nothing, if it happens at a take-over; if often, look for pauses of the machine or of Redis.',
  },
  'id-map.unreadable': {
    status: 500,
    summary: 'The ID map in Redis was not written by this release.',
    remedy: 'Run the same release on all machines; EXCS writes the map anew when its key is deleted.',
  },
  // Settings kept in Engage
  'settings.invalid': {
    status: 500,
    summary: 'The transaction hybrid_integration is incomplete or holds a value that is not valid.',
    remedy: 'Correct the options that the message lists in the Annex of the transaction.',
  },
  'settings.unreadable': {
    status: 500,
    summary: 'The settings in Redis cannot be read by this service.',
    remedy: 'Set the same SETTINGS_KEY (or SETTINGS_PLAINTEXT) and the same release on all services.',
  },
  'settings.unprotected': {
    status: 500,
    summary: 'Client secrets are not stored, because nothing says how to protect them.',
    remedy: 'Set SETTINGS_KEY, or SETTINGS_PLAINTEXT=true to store them unencrypted.',
  },
  // Look-ups
  'excs.unavailable': {
    status: 503,
    summary: 'The look-up API of EXCS cannot be reached, or answers with an error.',
    remedy: 'Check EXCS_URL, EXCS_API_TOKEN and EXCS_CA_FILE, and /health/ready of EXCS.',
  },
  'mapping.not-found': {
    status: 404,
    summary: 'The Engage object is not mapped to an object of the EX organisation.',
    remedy: 'Check /api/v1/sync/conflicts and whether the object is in the synchronised folder.',
  },
  // Simulators
  'simulator.impossible': {
    status: 409,
    summary: 'A script asked a simulator for something that its present state does not allow.',
    remedy: 'Correct the script: the message names the number, the call or the agent.',
  },
  // Genesys Cloud
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
    remedy: 'None: the service looks at what is there before it tries again.',
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
    remedy: 'None: the service sends smaller requests.',
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
    remedy: 'None: it is read again.',
  },
  'cloud.closed': {
    status: 503,
    summary: 'The cloud client is shutting down.',
    remedy: 'None: the service is stopping.',
  },
  // EXCP
  'conversation.not-found': {
    status: 404,
    summary: 'No conversation with this CallUUID is known: it never was, or is over.',
    remedy: 'Check the CallUUID; ended conversations are known only while a disposition may still come.',
  },
  'dead-letter.not-found': {
    status: 404,
    summary: 'There is no dead letter with this ID.',
    remedy: 'List the dead letters: it may have been sent again, dropped, or be older than 30 days.',
  },
  'dead-letter.conversation-over': {
    status: 409,
    summary: 'The conversation of the dead letter is over, so its events cannot be sent any more.',
    remedy: 'Drop the dead letter.',
  },
  // Engage Link
  'link.connect-failed': {
    status: 503,
    summary: 'No connection to the Engage server: refused, unreachable, or the name is not known.',
    remedy: 'Check host and port of the server, that its bridge runs, and the firewall between.',
  },
  'link.connect-timeout': {
    status: 503,
    summary: 'The Engage server did not take the connection in time.',
    remedy: 'Check host and port of the server and the firewall between.',
  },
  'link.tls-failed': {
    status: 503,
    summary: 'TLS to the Engage server could not be set up.',
    remedy:
      'Check ENGAGE_LINK_CA_FILE, ENGAGE_LINK_CERT_FILE and ENGAGE_LINK_KEY_FILE, the name in the certificate of the server, and whether the address should begin with tls://.',
  },
  'link.registration-refused': {
    status: 503,
    summary: 'The Engage server refused the registration of the client.',
    remedy: 'Check ENGAGE_APP_NAME and ENGAGE_APP_PASSWORD against what the bridge expects.',
  },
  'link.registration-timeout': {
    status: 503,
    summary: 'The Engage server took the connection but did not answer the registration.',
    remedy: 'Check that the address is that of an Engage Link bridge and that the bridge is healthy.',
  },
  'link.version-unsupported': {
    status: 503,
    summary: 'The Engage server speaks another version of Engage Link.',
    remedy: 'Install a bridge that speaks the version which the message names.',
  },
  'link.not-primary': {
    status: 503,
    summary: 'The Engage server is the backup of its pair.',
    remedy: 'Nothing while the other server takes over; if it lasts, check the roles of the pair.',
  },
  'link.switch-unavailable': {
    status: 503,
    summary: 'The SIP Server has no link to its switch, or is not in step with its pair.',
    remedy: 'Nothing while the other server takes over; if it lasts, check the SIP Server.',
  },
  'link.lost': {
    status: 503,
    summary: 'The connection to the Engage server ended.',
    remedy: 'Nothing: the service connects again by itself; if it repeats, check network and bridge.',
  },
  'link.silent': {
    status: 503,
    summary: 'The Engage server sent nothing and left a keep-alive request unanswered.',
    remedy: 'Check whether the bridge hangs and whether a firewall drops idle connections.',
  },
  'link.not-reading': {
    status: 503,
    summary: 'The Engage server does not read what is sent to it.',
    remedy: 'Check whether the bridge hangs or is overloaded.',
  },
  'link.protocol': {
    status: 502,
    summary: 'The Engage server sent a line that breaks the framing of Engage Link.',
    remedy: 'Find the line in a capture by the byte offset and SHA-256 of the log, and correct the bridge.',
  },
  'link.frame-too-long': {
    status: 500,
    summary: 'A message for the Engage server is longer than a line of Engage Link may be.',
    remedy: 'Report it: no message of this product comes near the limit.',
  },
  'link.not-usable': {
    status: 503,
    summary: 'No Engage server of the pair is usable at the moment.',
    remedy: 'Look at /health/ready for the reason; the request is repeated once a server is usable.',
  },
  'link.stopped': {
    status: 503,
    summary: 'The client of the Engage server was stopped.',
    remedy: 'Nothing: the service is shutting down.',
  },
  'link.request-timeout': {
    status: 504,
    summary: 'The Engage server did not answer a request in time.',
    remedy: 'Nothing: the request is repeated; if it repeats, check the load of the bridge.',
  },
  'link.request-refused': {
    status: 502,
    summary: 'The Engage server refused a request.',
    remedy: 'Check the object that the message names: the DN or the employee ID may not exist there.',
  },
  'link.answer-invalid': {
    status: 502,
    summary: 'The Engage server answered a request with a message that does not fit it.',
    remedy: 'Correct the bridge; the message names the attributes.',
  },
  'link.too-many-requests': {
    status: 503,
    summary: 'More requests wait for the Engage server than the client may hold.',
    remedy: 'Report it together with the number of DNs or agents.',
  },
  // EXCS: reading Engage
  'engage.unreachable': {
    status: 503,
    summary: 'The Config DB cannot be reached.',
    remedy: 'Check CONFIG_DB_URL, the network and the account; the service tries again at each poll.',
  },
  'engage.schema-mismatch': {
    status: 500,
    summary: 'The Config DB lacks tables or columns under the names that were tried.',
    remedy: 'Give the real names in the file of CONFIG_DB_SCHEMA_MAP, or correct CONFIG_DB_SCHEMA.',
  },
  'engage.tenant-missing': {
    status: 500,
    summary: 'The Config DB has no tenant with the configured DBID.',
    remedy: 'Set TENANT_ID to the DBID of the tenant.',
  },
  'engage.read-failed': {
    status: 503,
    summary: 'A read of the Config DB was broken off.',
    remedy: 'Nothing was changed. Look at the database if it happens again; the next poll repeats the read.',
  },
  'engage.read-incomplete': {
    status: 503,
    summary: 'A read of the Config DB did not yield the number of rows that the database counts.',
    remedy: 'Nothing was changed. Look at the database if it happens again; the next poll repeats the read.',
  },
  'engage.data-invalid': {
    status: 500,
    summary: 'The Config DB holds values that are not what the column is for.',
    remedy: 'Check that CONFIG_DB_SCHEMA_MAP names the right columns.',
  },
  'engage.read-refused': {
    status: 503,
    summary: 'A table of the Config DB that had rows is empty: nothing is derived from such a read.',
    remedy:
      'Restore the table. If it is meant to be empty, see "A table became empty" in the troubleshooting guide.',
  },
  // EXCS: synchronisation
  'settings.missing': {
    status: 503,
    summary: 'The Config DB has no transaction hybrid_integration, or it lacks the client of config_sync.',
    remedy: 'Create the List transaction hybrid_integration of the tenant with the options of the guide.',
  },
  'sync.standby': {
    status: 503,
    summary: 'Another instance synchronises; this one only answers look-ups.',
    remedy: 'Send the request to the active instance; /health/ready says "active": true there.',
  },
  'sync.foreign-deployment': {
    status: 503,
    summary: 'Another deployment of the connector has marked this EX organisation.',
    remedy: 'Stop the other deployment; then start this one once with TAKEOVER=true.',
  },
  'sync.stopped-by-limit': {
    status: 503,
    summary: 'The plan exceeds a safety limit, so nothing of it was applied.',
    remedy:
      'Read /api/v1/sync/plan; allow it by POST /api/v1/sync/runs with its planId and numbers, or correct Engage.',
  },
  'sync.busy': {
    status: 409,
    summary: 'Too many runs wait already.',
    remedy: 'Wait until one of them has ended.',
  },
  'sync.failed': {
    status: 503,
    summary: 'A run could not be finished.',
    remedy: 'Look at /health/ready and at the log; the next cycle goes on where this one stopped.',
  },
  'mapping.changed': {
    status: 409,
    summary: 'The mapping has changed since the first page of the listing.',
    remedy: 'Begin with the first page again.',
  },
  'run.not-found': {
    status: 404,
    summary: 'There is no run with this ID, or it was too long ago.',
    remedy: 'Runs are kept until the service restarts, the newest hundred.',
  },
  'plan.not-found': {
    status: 404,
    summary: 'No plan has been made yet.',
    remedy: 'Wait for the first cycle, or ask for one by POST /api/v1/sync/runs.',
  },
  'plan.changed': {
    status: 409,
    summary: 'The allowance names a plan that is not the newest one.',
    remedy: 'Read /api/v1/sync/plan again and decide on the plan that stands there now.',
  },
} as const satisfies Record<string, ErrorCodeInfo>;

export type ErrorCode = keyof typeof errorCodes;

export interface ErrorOptionsOf {
  readonly cause?: unknown;
  /** Whether the same attempt may succeed later. Decided where the error is raised. */
  readonly retryable?: boolean;
  /** Facts for the log and the operator; never secrets, never attached data. */
  readonly details?: Readonly<Record<string, string | number | boolean>>;
}

export class ExecError extends Error {
  override readonly name: string = 'ExecError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(code: ErrorCode, message: string, options: ErrorOptionsOf = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }

  get remedy(): string {
    return errorCodes[this.code].remedy;
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}

/** Whether any error, ours or foreign, may be tried again. Foreign errors answer no. */
export function isRetryable(error: unknown): boolean {
  return error instanceof ExecError && error.retryable;
}
