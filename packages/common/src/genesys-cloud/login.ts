/** One log-in with OAuth client credentials: the request, and what each answer of the token endpoint means. */
import { z } from 'zod';
import type { AllowedHosts } from '../config/allowed-hosts.ts';
import { Secret } from '../config/secret.ts';
import type { CloudAccess } from './access.ts';
import { checkedUrl } from './addresses.ts';
import { CloudError } from './errors.ts';
import { parseAnswer } from './json.ts';
import { correlationIdOf, retryAfterMsOf } from './read-response.ts';
import { type HttpAnswer, type Transport, TransportFault } from './transport.ts';

const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  /** Seconds; a client is given 300 s to 48 h. */
  expires_in: z.number().positive(),
});
const errorAnswer = z.looseObject({
  error: z.string().optional(),
  description: z.string().optional(),
  error_description: z.string().optional(),
});

export type LoginOutcome =
  | { readonly kind: 'token'; readonly token: Secret; readonly lifeMs: number }
  /** Too many log-ins: worth another try after a pause. */
  | { readonly kind: 'throttled'; readonly error: CloudError }
  /** No answer, or one that may be better next time. */
  | { readonly kind: 'unavailable'; readonly error: CloudError }
  /** The client, its secret or the address is wrong: another try helps only after a change. */
  | { readonly kind: 'refused'; readonly error: CloudError };

export interface LoginOptions {
  readonly transport: Transport;
  readonly allowedHosts: AllowedHosts;
  readonly timeoutMs: number;
  readonly userAgent: string;
}

const operation = 'postOauthToken';
/** The longest life that an OAuth client can be given. */
const longestLifeSeconds = 48 * 3600;

/** Never throws for what the cloud or the network does; what it reports holds no secret. */
export async function login(
  options: LoginOptions,
  access: CloudAccess,
  signal?: AbortSignal,
): Promise<LoginOutcome> {
  let url: URL;
  try {
    url = checkedUrl(access.tokenUrl, options.allowedHosts, 'base_auth_url');
  } catch (error) {
    return { kind: 'refused', error: error as CloudError };
  }
  const credentials = `${access.clientId}:${access.clientSecret.reveal()}`;
  try {
    const answer = await options.transport.send({
      url,
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        'user-agent': options.userAgent,
      },
      body: 'grant_type=client_credentials',
      timeoutMs: options.timeoutMs,
      signal,
    });
    return outcomeOf(answer, access);
  } catch (error) {
    if (!(error instanceof TransportFault)) throw error;
    const message = `log-in at ${url.host}: ${error.message}`;
    return {
      kind: 'unavailable',
      error: new CloudError('cloud.login-failed', message, { operation, retryable: true }),
    };
  }
}

function outcomeOf(answer: HttpAnswer, access: CloudAccess): LoginOutcome {
  const body = parseAnswer(answer.body);
  if (answer.status === 200) {
    const parsed = tokenAnswer.safeParse(body);
    if (parsed.success) {
      const { access_token, expires_in } = parsed.data;
      return {
        kind: 'token',
        token: new Secret(access_token),
        lifeMs: Math.min(expires_in, longestLifeSeconds) * 1000,
      };
    }
    return { kind: 'unavailable', error: failed(answer, 'the answer holds no token', true) };
  }
  const parsed = errorAnswer.safeParse(body);
  const code = parsed.data?.error;
  const description = parsed.data?.description ?? parsed.data?.error_description ?? '';
  // Throttling of log-ins comes as 400, not as 429; only its text tells it from a wrong request.
  const throttled = answer.status === 400 && code === 'invalid_request' && isThrottling(description);
  if (throttled || answer.status === 429) {
    const error = new CloudError(
      'cloud.login-throttled',
      'Genesys Cloud limits log-ins of this OAuth client',
      {
        operation,
        retryable: true,
        httpStatus: answer.status,
        correlationId: correlationIdOf(answer),
        retryAfterMs: retryAfterMsOf(answer),
      },
    );
    return { kind: 'throttled', error };
  }
  if (answer.status >= 500 || answer.status === 408)
    return { kind: 'unavailable', error: failed(answer, `HTTP ${answer.status}`, true) };
  if (answer.status >= 300 && answer.status < 400)
    return {
      kind: 'refused',
      error: failed(answer, `a redirect (${answer.status}), which is not followed`, false),
    };
  const said = withoutSecrets([code, description].filter(Boolean).join(': '), access).slice(0, 200);
  const text = `HTTP ${answer.status}${said === '' ? '' : ` (${said})`} for client ${access.clientId}`;
  return { kind: 'refused', error: failed(answer, text, false) };
}

function isThrottling(description: string): boolean {
  return description.toLowerCase().startsWith('rate limit exceeded;');
}

function failed(answer: HttpAnswer, what: string, retryable: boolean): CloudError {
  return new CloudError('cloud.login-failed', `log-in: ${what}`, {
    operation,
    retryable,
    httpStatus: answer.status,
    correlationId: correlationIdOf(answer),
  });
}

/** The far side may echo what it was sent. */
function withoutSecrets(text: string, access: CloudAccess): string {
  const secret = access.clientSecret.reveal();
  const basic = Buffer.from(`${access.clientId}:${secret}`).toString('base64');
  let clean = text;
  for (const hidden of [basic, secret, encodeURIComponent(secret)]) {
    if (hidden !== '') clean = clean.replaceAll(hidden, '[secret]');
  }
  return clean;
}
