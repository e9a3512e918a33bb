/** Under which label a fault is shown: whoever reads it looks there. */
import { ExecError } from '@exec/common/errors';
import { CloudError } from '@exec/common/genesys-cloud';
import { expect, it } from 'vitest';
import { stopReasonOf } from './faults.ts';

it.each([
  ['a slip in our own code', new TypeError('x is not a function'), 'internal'],
  ['what nobody foresaw', new ExecError('internal.unexpected', ''), 'internal'],
  ['an answer of the cloud', new CloudError('cloud.unavailable', ''), 'cloud'],
  ['a read of Engage', new ExecError('engage.read-failed', ''), 'engage'],
  ['a read that is refused', new ExecError('engage.read-refused', ''), 'read-refused'],
  ['Redis', new ExecError('redis.unavailable', ''), 'redis'],
  ['a Redis that takes no writes', new ExecError('redis.takes-no-writes', ''), 'redis'],
  ['the settings', new ExecError('settings.invalid', ''), 'settings'],
  ['the wrong organisation', new ExecError('organization.mismatch', ''), 'organization'],
] as const)('%s', (_what, error, reason) => {
  expect(stopReasonOf(error)).toBe(reason);
});
