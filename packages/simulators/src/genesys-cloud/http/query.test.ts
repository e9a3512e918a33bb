import { expect, test } from 'vitest';
import { ApiError } from '../api-error.ts';
import { operations } from './operations.ts';
import { parseQuery } from './query.ts';

function parse(operationId: string, search: string) {
  const operation = operations.find((known) => known.id === operationId);
  if (operation === undefined) throw new Error(`no operation ${operationId}`);
  return parseQuery(operation, search);
}

function codeOf(operationId: string, search: string): string {
  try {
    parse(operationId, search);
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) return error.code;
    throw error;
  }
  return 'accepted';
}

test('an array comes as repeated keys or with commas', () => {
  expect(parse('getUsers', 'id=a&id=b').list('id')).toEqual(['a', 'b']);
  expect(parse('getUsers', 'id=a,b').list('id')).toEqual(['a', 'b']);
  expect(parse('getUsers', 'expand=skills&expand=languages,presence').list('expand')).toEqual([
    'skills',
    'languages',
    'presence',
  ]);
});

test('what is left out has its declared default', () => {
  const query = parse('getUsers', '');
  expect(query.integer('pageSize', 0)).toBe(25);
  expect(query.string('state')).toBe('active');
  expect(query.list('id')).toEqual([]);
});

test.each([
  ['getUsers', 'pageSize=500', 'accepted'],
  ['getUsers', 'pageSize=501', 'invalid.query.param.value'],
  ['getUsers', 'pageSize=0', 'invalid.query.param.value'],
  ['getUsers', 'pageSize=ten', 'invalid.query.param.value'],
  ['getUsers', 'pageNumber=0', 'invalid.query.param.value'],
  ['getUsers', 'state=any', 'accepted'],
  ['getUsers', 'state=all', 'invalid.query.param.value'],
  ['getUsers', 'sortOrder=ASC', 'accepted'],
  ['getUsers', 'sortOrder=asc', 'invalid.query.param.value'],
  ['getUsers', 'expand=everything', 'invalid.query.param.value'],
  ['getUsers', 'colour=red', 'invalid.query.param.value'],
  ['getUsers', `id=${Array.from({ length: 101 }, (_, index) => `u${index}`).join(',')}`, 'max.user.ids'],
  ['getRoutingQueues', 'pageSize=500', 'accepted'],
  ['getRoutingQueues', 'pageNumber=0', 'invalid.page.number'],
  ['getRoutingQueueMembers', 'pageSize=101', 'invalid.query.param.value'],
  ['getRoutingSkills', 'pageSize=101', 'invalid.query.param.value'],
  ['getUsersPresenceBulk', `id=${'x,'.repeat(51)}`, 'max.user.presences'],
  ['postRoutingQueueMembers', 'delete=yes', 'invalid.query.param.value'],
  ['getPresenceSources', 'deactivated=true', 'accepted'],
  ['deleteRoutingQueue', 'forceDelete=perhaps', 'bad.request'],
])('%s?%s: %s', (operationId, search, code) => {
  expect(codeOf(operationId, search)).toBe(code);
});
