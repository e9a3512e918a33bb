/** Addresses of the cloud: what is derived, and the hostile ones that must never receive a secret. */
import { describe, expect, it } from 'vitest';
import { AllowedHosts, publicDomains } from './allowed-hosts.ts';
import { cloudEndpoints } from './cloud-endpoints.ts';

const standard = AllowedHosts.publicDomains;

function parsed(list: string): AllowedHosts {
  const hosts = AllowedHosts.parse(list);
  if (hosts === undefined) throw new Error(`not a valid list: ${list}`);
  return hosts;
}

describe('cloudEndpoints', () => {
  it.each([
    'https://api.mypurecloud.ie',
    'https://api.mypurecloud.ie/',
    'https://api.mypurecloud.ie/api',
    'https://api.mypurecloud.ie/api/',
    '  https://api.mypurecloud.ie/api/ ',
    'HTTPS://API.MyPureCloud.IE/',
    'https://api.mypurecloud.ie:443',
  ])('normalises %j and derives the token URL', (address) => {
    expect(cloudEndpoints(address, undefined, standard)).toEqual({
      baseServiceUrl: 'https://api.mypurecloud.ie',
      tokenUrl: 'https://login.mypurecloud.ie/oauth/token',
    });
  });

  it.each(publicDomains)('knows the public domain %s', (domain) => {
    expect(cloudEndpoints(`https://api.${domain}`, undefined, standard)).toEqual({
      baseServiceUrl: `https://api.${domain}`,
      tokenUrl: `https://login.${domain}/oauth/token`,
    });
  });

  it.each([
    ['http://api.mypurecloud.com', 'http'],
    ['//api.mypurecloud.com', 'no scheme'],
    ['api.mypurecloud.com', 'no scheme'],
    ['https:api.mypurecloud.com', 'no slashes'],
    ['https:///api.mypurecloud.com', 'three slashes'],
    ['ftp://api.mypurecloud.com', 'other scheme'],
    ['javascript:alert(1)', 'other scheme'],
    ['file:///etc/passwd', 'other scheme'],
    ['https://api.mypurecloud.com.evil.example', 'public name as prefix'],
    ['https://evil.example/api.mypurecloud.com', 'public name in path'],
    ['https://evil.example#api.mypurecloud.com', 'public name in fragment'],
    ['https://evil.example?api.mypurecloud.com', 'public name in query'],
    ['https://api.mypurecloud.com@evil.example', 'public name as user'],
    ['https://user:pass@api.mypurecloud.com', 'user information'],
    ['https://@api.mypurecloud.com', 'empty user information'],
    ['https://evil.example\\@api.mypurecloud.com', 'backslash'],
    ['https://api.mypurecloud.com\\.evil.example', 'backslash'],
    ['https://notapi.mypurecloud.com', 'other host of the domain'],
    ['https://xapi.mypurecloud.com', 'suffix of the host'],
    ['https://mypurecloud.com', 'bare domain'],
    ['https://api.mypurecloud.com.', 'trailing dot'],
    ['https://api.mypurecloud.com:8443', 'port'],
    ['https://api.mypurecloud.com:80', 'port'],
    ['https://api.mypurecloud.com/v1', 'path'],
    ['https://api.mypurecloud.com/api/../x', 'path'],
    ['https://api.mypurecloud.com/api//', 'path'],
    ['https://api.mypurecloud.com?x=1', 'query'],
    ['https://api.mypurecloud.com#x', 'fragment'],
    ['https://api.mypurecloud.com%00.evil.example', 'escaped NUL'],
    ['https://api.mypurecloud.com%2eevil.example', 'escaped dot'],
    ['https://api.mypurecloud\t.com', 'tab'],
    ['https://api.mypure\ncloud.com', 'newline'],
    ['https://api.myрurecloud.com', 'cyrillic letter'],
    ['https://ａpi.mypurecloud.com', 'full-width letter'],
    ['https://api.xn--myurecloud-9yh.com', 'punycode'],
    ['https://127.0.0.1', 'loopback'],
    ['https://localhost', 'loopback'],
    ['http://127.0.0.1:9000', 'loopback'],
    ['https://[::1]', 'loopback'],
    ['https://2130706433', 'loopback as number'],
    ['https://0x7f.1', 'loopback as hexadecimal'],
    ['https://169.254.169.254', 'link-local'],
    ['https://[fd00::1]', 'private'],
    ['https://10.0.0.1', 'private'],
    ['', 'empty'],
    ['https://', 'empty host'],
  ])('refuses %j (%s)', (address) => {
    const result = cloudEndpoints(address, undefined, standard);
    expect(result).toMatchObject({ option: 'base_service_url', problem: expect.stringMatching(/./) });
    const asToken = cloudEndpoints('https://api.mypurecloud.com', `${address}/oauth/token`, standard);
    const samePlaces = [
      'https://api.mypurecloud.com/v1',
      'https://api.mypurecloud.com/api/../x',
      'https://api.mypurecloud.com/api//',
    ];
    if (!samePlaces.includes(address)) expect(asToken).toMatchObject({ option: 'base_auth_url' });
  });

  it('takes a token URL of its own, with or without its path', () => {
    const given = (auth: string) => cloudEndpoints('https://api.mypurecloud.com', auth, standard);
    expect(given('https://login.mypurecloud.com/oauth/token')).toHaveProperty(
      'tokenUrl',
      'https://login.mypurecloud.com/oauth/token',
    );
    expect(given('https://login.mypurecloud.com/')).toHaveProperty(
      'tokenUrl',
      'https://login.mypurecloud.com/oauth/token',
    );
  });

  it('needs base_auth_url for a host outside the public domains', () => {
    const allowed = parsed('http://127.0.0.1:9000, cloud.example.com');
    expect(cloudEndpoints('http://127.0.0.1:9000/api/', undefined, allowed)).toMatchObject({
      option: 'base_auth_url',
      problem: expect.stringContaining('must be given'),
    });
    expect(
      cloudEndpoints('http://127.0.0.1:9000/api/', 'http://127.0.0.1:9000/oauth/token', allowed),
    ).toEqual({
      baseServiceUrl: 'http://127.0.0.1:9000',
      tokenUrl: 'http://127.0.0.1:9000/oauth/token',
    });
    expect(cloudEndpoints('https://cloud.example.com', 'https://evil.example/token', allowed)).toMatchObject({
      option: 'base_auth_url',
    });
  });
});

describe('AllowedHosts', () => {
  it('replaces the public domains by the list; a listed public host brings its login host along', () => {
    const allowed = parsed('api.mypurecloud.ie,cloud.example.com:8443');
    const allows = (address: string) => allowed.allows(new URL(address));
    expect(allows('https://api.mypurecloud.ie')).toBe(true);
    expect(allows('https://login.mypurecloud.ie/oauth/token')).toBe(true);
    expect(allows('https://api.mypurecloud.com')).toBe(false);
    expect(allows('https://cloud.example.com:8443')).toBe(true);
    expect(allows('https://cloud.example.com')).toBe(false);
    expect(allows('http://cloud.example.com:8443')).toBe(false);
    expect(allows('https://user@cloud.example.com:8443')).toBe(false);
  });

  it.each([
    'http://127.0.0.1:9000',
    'http://127.8.8.8',
    'http://localhost:1',
    'http://[::1]:9',
    'https://a.example/',
  ])('takes the origin %s', (origin) => {
    expect(parsed(origin).allows(new URL(origin))).toBe(true);
  });

  it.each([
    'http://a.example',
    'https://a.example/path',
    '*.example',
    'https://u:p@a.example',
    ' , ',
    'a b',
    'ws://a',
  ])('refuses the list %j', (list) => {
    expect(AllowedHosts.parse(list)).toBeUndefined();
  });
});
