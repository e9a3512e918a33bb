import { describe, expect, it } from 'vitest';
import { hashOf, offered, parseRoute } from './routes.ts';

describe('addresses of pages', () => {
  it.each([
    ['', { page: 'overview', query: {} }],
    ['#/', { page: 'overview', query: {} }],
    ['#/plan?kind=user&q=a%20b', { page: 'plan', query: { kind: 'user', q: 'a b' } }],
    ['#/agents/a%2Fb', { page: 'agents', about: 'a/b', query: {} }],
    ['#/agents/%E0%A4%A', { page: 'agents', about: '%E0%A4%A', query: {} }],
  ])('%s', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
  });

  it('are read as they were written', () => {
    const hash = hashOf('conversations', { about: 'x/y?z#', query: { q: 'a&b', state: '' } });
    expect(parseRoute(hash)).toEqual({ page: 'conversations', about: 'x/y?z#', query: { q: 'a&b' } });
  });

  it('appear by what the service offers', () => {
    expect(offered(['/overview', '/agents', '/agents/:employeeId']).map(({ page }) => page)).toEqual([
      'overview',
      'agents',
    ]);
  });
});
