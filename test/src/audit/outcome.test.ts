/** No answer of a registry passes as "nothing is known". */
import { expect, it } from 'vitest';
import { auditOutcome } from './outcome.ts';

const metadata = { vulnerabilities: {}, totalDependencies: 130 };

it('a registry that answers no audit is said, and is no pass', () => {
  const outcome = auditOutcome(
    ' ERR_PNPM_AUDIT_BAD_RESPONSE  The audit endpoint (at https://registry/-/npm/v1/security/audits/quick) responded with 405: .\n',
  );
  expect(outcome.kind).toBe('unanswered');
  expect(outcome.text).toMatch(/^ADVISORIES WERE NOT LOOKED UP: .*405/);
  const error = { code: 'ERR_PNPM_AUDIT_BAD_RESPONSE', message: 'The endpoint responded with 405' };
  expect(auditOutcome(JSON.stringify({ error }, undefined, 2)).text).toContain('responded with 405');
  for (const output of [
    '',
    'null',
    '{}',
    '{"error":{"code":"ERR_PNPM_AUDIT_NO_LOCKFILE"}}',
    '{"advisories":',
  ])
    expect(auditOutcome(output).kind, output).toBe('unanswered');
});

it('an answer without advisories says that none is known', () => {
  expect(auditOutcome(JSON.stringify({ advisories: {}, metadata })).kind).toBe('none-known');
});

it('an advisory is named with what mends it', () => {
  const advisory = {
    module_name: 'ws',
    severity: 'high',
    title: 'A flaw',
    patched_versions: '>=8.17.1',
    url: 'https://x',
  };
  const outcome = auditOutcome(
    `warning\n${JSON.stringify({ advisories: { 1: advisory }, metadata }, undefined, 2)}\n`,
  );
  expect(outcome.kind).toBe('known');
  expect(outcome.text).toContain('high: ws: A flaw (mended in >=8.17.1) https://x');
});
