import { describe, expect, it } from 'vitest';
import { AllowedHosts } from '../config/allowed-hosts.ts';
import { checkedUrl } from './addresses.ts';
import { CloudError } from './errors.ts';

describe('checkedUrl', () => {
  it.each([
    'https://api.mypurecloud.com',
    'https://login.mypurecloud.de/oauth/token',
    'HTTPS://API.USW2.PURE.CLOUD/',
    'https://api.mypurecloud.com:443/',
  ])('lets a public host through: %s', (address) => {
    expect(checkedUrl(address, AllowedHosts.publicDomains, 'base_service_url').protocol).toBe('https:');
  });

  it.each([
    'http://api.mypurecloud.com',
    'https://api.mypurecloud.com:8443',
    'https://api.mypurecloud.com.evil.example',
    'https://api.mypurecloud.com./',
    'https://evil.example/api.mypurecloud.com',
    'https://api.mypurecloud.com@evil.example',
    'https://user:pass@api.mypurecloud.com',
    'https://evil.example#api.mypurecloud.com',
    'https://evil.example?api.mypurecloud.com',
    'https://xapi.mypurecloud.com',
    'https://apps.mypurecloud.com',
    'https://mypurecloud.com',
    'https://аpi.mypurecloud.com',
    'https://api。mypurecloud。com',
    'https://api.mypurecloud.com\\@evil.example',
    'https://api.mypurecloud.com\t.evil.example',
    'https://localhost',
    'https://127.0.0.1',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]',
    'http://127.0.0.1:9000',
    'file:///etc/passwd',
    '//api.mypurecloud.com',
    '',
  ])('keeps back: %j', (address) => {
    expect(() => checkedUrl(address, AllowedHosts.publicDomains, 'base_service_url')).toThrow(CloudError);
  });

  it('names the setting and the host, but no user name or password', () => {
    const check = () =>
      checkedUrl('https://u:hidden@evil.example', AllowedHosts.publicDomains, 'base_auth_url');
    expect(check).toThrow(/base_auth_url/);
    expect(check).not.toThrow(/hidden/);
    expect(() => checkedUrl('https://evil.example', AllowedHosts.publicDomains, 'base_service_url')).toThrow(
      /evil\.example is not allowed/,
    );
  });

  it('takes a listed origin and nothing beside it', () => {
    const allowed = AllowedHosts.parse('http://127.0.0.1:9000') ?? AllowedHosts.publicDomains;
    expect(checkedUrl('http://127.0.0.1:9000/oauth/token', allowed, 'base_auth_url').port).toBe('9000');
    for (const other of ['http://127.0.0.1:9001', 'http://127.0.0.2:9000', 'https://api.mypurecloud.com'])
      expect(() => checkedUrl(other, allowed, 'base_auth_url')).toThrow(CloudError);
  });
});
