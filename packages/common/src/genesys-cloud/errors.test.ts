import { describe, expect, it } from 'vitest';
import {
  CloudError,
  isDuplicate,
  isDuplicateName,
  isExternalIdConflict,
  isNotFound,
  isVersionConflict,
} from './errors.ts';

function error(httpStatus: number, cloudCode?: string, cloudMessage?: string): CloudError {
  return new CloudError('cloud.refused', 'x', { httpStatus, cloudCode, cloudMessage });
}

const tests = { isDuplicate, isDuplicateName, isExternalIdConflict, isNotFound, isVersionConflict };

describe('kinds of conflict', () => {
  it.each<[string, unknown, (keyof typeof tests)[]]>([
    ['409 general.conflict', error(409, 'general.conflict'), ['isDuplicate', 'isVersionConflict']],
    ['400 general.conflict', error(400, 'general.conflict'), ['isDuplicate']],
    [
      '400 with the words of a stale version',
      error(400, 'bad.request', 'The version 3 does not match the current version 4'),
      ['isVersionConflict'],
    ],
    ['400 duplicate.name', error(400, 'duplicate.name'), ['isDuplicate', 'isDuplicateName']],
    [
      '409 general.resource.conflict',
      error(409, 'general.resource.conflict'),
      ['isDuplicate', 'isExternalIdConflict'],
    ],
    ['409 resource.already.exists', error(409, 'resource.already.exists'), ['isDuplicate']],
    ['409 request.conflict', error(409, 'request.conflict'), []],
    ['409 presenceservice.source.nametoolong', error(409, 'presenceservice.source.nametoolong'), []],
    ['404', error(404, 'general.resource.not.found'), ['isNotFound']],
    ['500 general.conflict', error(500, 'general.conflict'), []],
    ['another error', new Error('general.conflict'), []],
    ['nothing', undefined, []],
  ])('%s', (_, given, expected) => {
    const holding = Object.entries(tests).flatMap(([name, holds]) => (holds(given) ? [name] : []));
    expect(holding.sort()).toEqual([...expected].sort());
  });
});
