/**
 * Whether the service in the same container lives.
 *
 * It asks `/health/live`, not `/health/ready`: an absent dependency is no reason for a restart.
 */
import { readFileSync } from 'node:fs';
import { request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';

const limitMs = 2500;

export function liveRequest(env: NodeJS.ProcessEnv): {
  readonly secure: boolean;
  readonly options: RequestOptions;
} {
  const given = env.HTTP_HOST ?? '';
  const host = given === '' || given === '0.0.0.0' || given === '::' ? '127.0.0.1' : given;
  const certificate = env.TLS_CERT_FILE ?? '';
  const options = { host, port: Number(env.HTTP_PORT), path: '/health/live', timeout: limitMs, agent: false };
  if (certificate === '') return { secure: false, options };
  const tls = {
    // The one certificate that this server shows is the one that is trusted; its name is that of the outside.
    ca: readFileSync(certificate),
    allowPartialTrustChain: true,
    checkServerIdentity: () => undefined,
  };
  return { secure: true, options: { ...options, ...tls } };
}

/** Resolves with whether the answer is 200. */
export function isLive(env: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      const { secure, options } = liveRequest(env);
      const request = (secure ? httpsRequest : httpRequest)(options, (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      });
      request.on('timeout', () => request.destroy(new Error('no answer in time')));
      request.on('error', () => resolve(false));
      request.end();
    } catch {
      resolve(false);
    }
  });
}
