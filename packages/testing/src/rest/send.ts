/** Sends a request as it is: targets and bodies that a polite client would put right first go out unchanged. */
import { type Agent, request } from 'node:http';
import type { RestRequest } from './any-request.ts';
import type { RestAnswer } from './rest-answer.ts';

export interface SendOptions {
  readonly baseUrl: string;
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string>>;
}

/** @throws Error when the connection ends without an answer */
export function send(asked: RestRequest, options: SendOptions): Promise<RestAnswer> {
  const { hostname, port } = new URL(options.baseUrl);
  const body = bytesOf(asked.body);
  const length = body === undefined ? {} : { 'content-length': String(body.byteLength) };
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        agent: options.agent,
        method: asked.method,
        path: asked.target,
        headers: { ...options.headers, ...asked.headers, ...length },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

function bytesOf(body: RestRequest['body']): Uint8Array | undefined {
  if (body === undefined) return undefined;
  if ('bytes' in body) return body.bytes;
  return Buffer.from(`${body.text}${'x'.repeat(body.filler ?? 0)}`);
}
