/** Where the commands of EXCP send the token to, and where not. */
import { describe, expect, it } from 'vitest';
import { localApi } from './local-api.ts';

const token = { API_TOKEN: 'operator-token-0123456789abcdef' };

describe('the token', () => {
  it.each(['http://excp.example.com:3650', 'http://10.0.0.9:3650', 'http://localhost.example.com'])(
    'is not sent to %s',
    (EXCP_URL) => {
      expect(() => localApi({ ...token, EXCP_URL })).toThrow(/API_TOKEN is not sent to .* in plain text/);
    },
  );

  it.each<[string, Record<string, string>]>([
    ['this machine', { ...token, EXCP_URL: 'http://127.0.0.1:3650' }],
    ['this machine, IPv6', { ...token, EXCP_URL: 'http://[::1]:3650' }],
    ['the machine of the same environment', { ...token, HTTP_PORT: '3650' }],
    ['a peer with TLS', { ...token, EXCP_URL: 'https://excp.example.com' }],
    ['whom it is allowed for', { ...token, EXCP_URL: 'http://excp.example.com', ALLOW_PLAINTEXT: 'true' }],
    ['nobody, where there is none', { EXCP_URL: 'http://excp.example.com' }],
  ])('is for %s', (_, env) => {
    expect(() => localApi(env)).not.toThrow();
  });
});
