/** The login: client credentials for a bearer token, with the error bodies of the login host. */
import type { OAuthClient, Quirks } from '../options.ts';
import type { TokenStore } from './tokens.ts';

export interface LoginAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface LoginRequest {
  readonly authorization: string | undefined;
  /** Undecoded form body. */
  readonly form: string;
}

/** `POST /oauth/token`. Source: published client libraries: Basic header and form body. */
export function login(
  request: LoginRequest,
  clients: readonly OAuthClient[],
  tokens: TokenStore,
  quirks: Quirks,
): LoginAnswer {
  const grantType = new URLSearchParams(request.form).get('grant_type');
  if (grantType === null) return refuse(400, 'invalid_request', 'missing grant_type');
  if (grantType !== 'client_credentials')
    return refuse(400, 'unsupported_grant_type', `unsupported: ${grantType}`);
  const client = clientOf(request.authorization, clients);
  if (client === undefined) return loginRefused();
  const token = tokens.issue(client, quirks.tokenLifetimeSeconds);
  return {
    status: 200,
    body: { access_token: token.value, token_type: 'bearer', expires_in: quirks.tokenLifetimeSeconds },
  };
}

export function loginRefused(): LoginAnswer {
  return refuse(401, 'invalid_client', 'client authentication failed');
}

/** Too many log-ins are answered with 400, not 429. */
export function loginThrottled(): LoginAnswer {
  return refuse(400, 'invalid_request', 'rate limit exceeded; try again later');
}

function refuse(status: number, error: string, description: string): LoginAnswer {
  return { status, body: { error, description, error_description: description } };
}

/** The client ID of a Basic header, whether or not the client exists. */
export function clientIdOf(authorization: string | undefined): string | undefined {
  return basicCredentials(authorization)?.clientId;
}

function clientOf(
  authorization: string | undefined,
  clients: readonly OAuthClient[],
): OAuthClient | undefined {
  const given = basicCredentials(authorization);
  return clients.find(
    (client) => client.clientId === given?.clientId && client.clientSecret === given.clientSecret,
  );
}

function basicCredentials(
  authorization: string | undefined,
): { readonly clientId: string; readonly clientSecret: string } | undefined {
  const encoded = /^Basic\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [clientId = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { clientId, clientSecret: secret.join(':') };
}
