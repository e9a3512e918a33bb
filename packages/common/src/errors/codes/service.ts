/** Error codes that every service can have: configuration, REST, running, Redis, settings, look-ups. */
import type { ErrorCodeInfo } from './info.ts';

export const serviceCodes = {
  // Configuration
  'config.invalid': {
    status: 500,
    summary: 'The environment is incomplete or holds a value that is not valid.',
    remedy: 'Correct every variable that the message lists, then run it again.',
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
    remedy: 'Send "Authorization: Bearer <token>" with one of API_TOKEN or API_READ_TOKEN of this service.',
  },
  'request.too-many': {
    status: 429,
    summary: 'Too many requests, or too many wrong tokens, came from this address.',
    remedy:
      'Wait a minute. If it was a wrong token, find the program that sends it: the log has its address.',
  },
  'request.forbidden': {
    status: 403,
    summary: 'The caller may not do this: a token that may only read, or no token at all.',
    remedy:
      'Use a token of API_TOKEN for changes. Without tokens only reads from the same machine are answered: set API_TOKEN and API_READ_TOKEN on the service.',
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
  'redis.takes-no-writes': {
    status: 503,
    summary:
      'Redis answers but takes no writes: it is a replica, its memory or disk is full, or it lacks replicas.',
    remedy: 'Cure what the message of Redis names; the service goes on by itself.',
  },
  'redis.refused': {
    status: 500,
    summary: 'Redis refused a command.',
    remedy: 'Check the Redis release (6.0 or newer, no cluster mode) and the rights of its user.',
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
} as const satisfies Record<string, ErrorCodeInfo>;
