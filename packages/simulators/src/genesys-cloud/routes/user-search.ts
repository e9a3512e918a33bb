/** `POST /users/search`: criteria over the index, which is behind the users themselves. */
import { type Answer, type ApiCall, bodyOf, type CloudContext, ok } from '../http/handler.ts';
import type { CloudUser } from '../store/users.ts';
import { badRequest } from './lookups.ts';
import { userView } from './user-views.ts';

interface Criterion {
  readonly type: string;
  readonly fields?: readonly string[];
  readonly value?: string;
  readonly values?: readonly string[];
  readonly operator?: 'AND' | 'OR' | 'NOT';
  readonly group?: readonly Criterion[];
}

interface SearchRequest {
  readonly pageSize?: number;
  readonly pageNumber?: number;
  readonly query?: readonly Criterion[];
  readonly expand?: readonly string[];
}

export function searchUsers(context: CloudContext, call: ApiCall): Answer {
  const { pageSize = 25, pageNumber = 1, query = [], expand = [] } = bodyOf<SearchRequest>(call);
  if (pageSize < 1 || pageSize > 100 || pageNumber < 1) throw badRequest(call, 'The page is invalid.');
  // Without a word about states, only active users are found.
  const asksForState = mentions(query, 'state');
  const found: CloudUser[] = [];
  for (const user of context.state.users.indexed()) {
    if (!asksForState && user.state !== 'active') continue;
    if (matchesAll(call, query, user)) found.push(user);
  }
  const results = found.slice((pageNumber - 1) * pageSize, pageNumber * pageSize);
  return ok({
    total: found.length,
    pageCount: Math.ceil(found.length / pageSize),
    pageSize,
    pageNumber,
    currentPage: String(pageNumber),
    ...(found.length > pageNumber * pageSize ? { nextPage: String(pageNumber + 1) } : {}),
    ...(pageNumber > 1 ? { previousPage: String(pageNumber - 1) } : {}),
    types: ['users'],
    results: results.map((user) => userView(context, user, expand)),
  });
}

function mentions(criteria: readonly Criterion[], field: string): boolean {
  return criteria.some(
    (criterion) => criterion.fields?.includes(field) === true || mentions(criterion.group ?? [], field),
  );
}

/** `AND` (the default) must hold, of the `OR`s one, `NOT` must not. */
function matchesAll(call: ApiCall, criteria: readonly Criterion[], user: CloudUser): boolean {
  const alternatives = criteria.filter((criterion) => criterion.operator === 'OR');
  return (
    criteria.every((criterion) => {
      if (criterion.operator === 'OR') return true;
      return matches(call, criterion, user) !== (criterion.operator === 'NOT');
    }) &&
    (alternatives.length === 0 || alternatives.some((criterion) => matches(call, criterion, user)))
  );
}

function matches(call: ApiCall, criterion: Criterion, user: CloudUser): boolean {
  if (criterion.group !== undefined) return matchesAll(call, criterion.group, user);
  const wanted = [...(criterion.values ?? []), ...(criterion.value === undefined ? [] : [criterion.value])];
  const values = (criterion.fields ?? ['name', 'email']).map((field) => fieldOf(user, field));
  const test = comparison(call, criterion.type);
  return values.some((value) => wanted.some((word) => test(value.toLowerCase(), word.toLowerCase())));
}

function comparison(call: ApiCall, type: string): (value: string, word: string) => boolean {
  switch (type) {
    case 'EXACT':
    case 'TERM':
    case 'TERMS':
      return (value, word) => value === word;
    case 'STARTS_WITH':
      return (value, word) => value.startsWith(word);
    case 'CONTAINS':
    case 'QUERY_STRING':
      return (value, word) => value.includes(word);
    default:
      throw badRequest(call, `Search type ${type} is not supported for these fields.`);
  }
}

function fieldOf(user: CloudUser, field: string): string {
  switch (field) {
    case 'id':
      return user.id;
    case 'name':
      return user.name;
    case 'email':
    case 'username':
      return user.email;
    case 'state':
      return user.state;
    default: {
      const value = user.attributes[field];
      return typeof value === 'string' ? value : '';
    }
  }
}
