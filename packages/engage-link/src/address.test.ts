import { describe, expect, it } from 'vitest';
import { formatAddress } from './address.ts';

describe('formatAddress', () => {
  it.each([
    ['sip1.example.com:8000', { host: 'sip1.example.com', port: 8000, tls: false }],
    ['tls://10.1.2.3:2060', { host: '10.1.2.3', port: 2060, tls: true }],
    ['tls://[2001:db8::7]:2060', { host: '2001:db8::7', port: 2060, tls: true }],
  ])('writes %s', (text, address) => {
    expect(formatAddress(address)).toBe(text);
  });
});
