/** Routes that translate IDs: single look-ups, bulk look-ups, pages of everything. */

import {
  agentMappingAnswer,
  dnAnswer,
  mappingKey,
  mappingPageOf,
  queueMappingAnswer,
  resolvedAnswer,
  skillMappingAnswer,
  sourceAnswer,
  wrapupCodeMappingAnswer,
} from '@exec/common/answers/mappings';
import { ExecError } from '@exec/common/errors';
import type { ServiceApp } from '@exec/common/http';
import { nameParams, problemSchema } from '@exec/common/http';
import type { AgentMapping, IdMap, QueueMapping, SkillMapping, WrapupCodeMapping } from '@exec/common/id-map';
import { asId, type EmployeeId } from '@exec/common/ids';
import { z } from 'zod';
import { answeredUnchanged, mapOf, notFound, pageOf, pageQuery, sendJson, sendMapping } from './answers.ts';
import type { Lookups } from './lookups.ts';

const keysMost = 1000;
const longestName = 255;
const name = z.string().min(1).max(longestName);

type Key = z.output<typeof mappingKey>;

const errors = { 400: problemSchema, 404: problemSchema, 503: problemSchema };

export function lookupRoutes(app: ServiceApp, lookups: Lookups): void {
  single(
    app,
    '/agents/:employeeId',
    z.object({ employeeId: name }),
    'An agent.',
    agentMappingAnswer,
    (map, p) => map.agent(asId<EmployeeId>(p.employeeId)),
  );
  single(
    app,
    '/logins/:switch/:loginCode',
    z.object({ switch: name, loginCode: name }),
    'The agent with a login code.',
    agentMappingAnswer,
    (map, p) => map.login(p.switch, p.loginCode),
  );
  single(
    app,
    '/queues/:switch/:number',
    z.object({ switch: name, number: name }),
    'A queue.',
    queueMappingAnswer,
    (map, p) => map.queue(p.switch, p.number),
  );
  single(app, '/skills/:name', z.object({ name }), 'A skill, in any case.', skillMappingAnswer, (map, p) =>
    map.skill(p.name),
  );
  single(
    app,
    '/wrapup-codes/:name',
    z.object({ name }),
    'A wrap-up code by name or display name, in any case.',
    wrapupCodeMappingAnswer,
    (map, p) => map.wrapupCode(p.name),
  );

  app.get(
    '/source',
    {
      config: { right: 'read', answersAtOnce: true },
      schema: {
        summary: 'The presence source.',
        response: { 200: sourceAnswer, ...errors },
      },
    },
    (_request, reply) => {
      const { sourceId } = lookups.current.content;
      if (sourceId === undefined) throw notFound('The source');
      sendJson(reply, { sourceId });
    },
  );
  app.get(
    '/dns',
    {
      config: { right: 'read', answersAtOnce: true },
      schema: {
        summary: 'Extensions and ACD Positions of the switches that have a queue in scope.',
        querystring: pageQuery.extend({ switch: name.optional() }),
        response: { 200: mappingPageOf(dnAnswer), ...errors },
      },
    },
    (request, reply) => {
      const { cursor, limit, switch: switchName } = request.query;
      const { map, offset } = mapOf(lookups, cursor);
      if (!answeredUnchanged(request, reply, map.version))
        sendJson(reply, pageOf(map, map.dns(switchName), offset, limit));
    },
  );
  listing(app, lookups, 'agents', agentMappingAnswer, (map) => map.content.agents);
  listing(app, lookups, 'queues', queueMappingAnswer, (map) => map.content.queues);
  listing(app, lookups, 'skills', skillMappingAnswer, (map) => map.content.skills);
  listing(app, lookups, 'wrapup-codes', wrapupCodeMappingAnswer, (map) => map.content.wrapupCodes);
  resolveRoute(app, lookups);

  function single<P extends z.ZodObject>(
    scope: ServiceApp,
    path: string,
    params: P,
    summary: string,
    answer: z.ZodType,
    find: (
      map: IdMap,
      params: z.output<P>,
    ) => AgentMapping | QueueMapping | SkillMapping | WrapupCodeMapping | undefined,
  ): void {
    scope.get(
      path,
      {
        config: { right: 'read', answersAtOnce: true },
        schema: { summary, params, response: { 200: answer, ...errors } },
        validatorCompiler: nameParams(longestName),
      },
      (request, reply) => {
        const found = find(lookups.current, request.params as z.output<P>);
        if (found === undefined) throw notFound(Object.values(request.params as object).join(', '));
        sendMapping(reply, found);
      },
    );
  }
}

function listing<T>(
  app: ServiceApp,
  lookups: Lookups,
  what: string,
  item: z.ZodType,
  all: (map: IdMap) => readonly T[],
): void {
  app.get(
    `/mappings/${what}`,
    {
      config: { right: 'read', answersAtOnce: true },
      schema: {
        summary: `All mapped ${what}, in pages of one version.`,
        querystring: pageQuery,
        response: { 200: mappingPageOf(item), ...errors },
      },
    },
    (request, reply) => {
      const { cursor, limit } = request.query;
      const { map, offset } = mapOf(lookups, cursor);
      if (!answeredUnchanged(request, reply, map.version))
        sendJson(reply, pageOf(map, all(map), offset, limit));
    },
  );
}

function resolveRoute(app: ServiceApp, lookups: Lookups): void {
  app.post(
    '/mappings/resolve',
    {
      config: { right: 'read', answersAtOnce: true },
      schema: {
        summary: `Up to ${keysMost} keys at once, answered in their order.`,
        body: z.strictObject({ keys: z.array(mappingKey) }),
        response: { 200: resolvedAnswer, ...errors, 413: problemSchema },
      },
    },
    (request, reply) => {
      const { keys } = request.body;
      if (keys.length > keysMost)
        throw new ExecError(
          'request.too-large',
          `${keys.length} keys; at most ${keysMost} are answered at once.`,
        );
      const map = lookups.current;
      sendJson(reply, { results: keys.map((wanted) => resolve(map, wanted)) });
    },
  );
}

function resolve(map: IdMap, wanted: Key): object {
  const found = find(map, wanted);
  return found === undefined
    ? { key: wanted, id: null, reason: 'mapping.not-found' }
    : { ...found.mapping, key: wanted, id: found.id };
}

function find(map: IdMap, wanted: Key): { readonly id: string; readonly mapping: object } | undefined {
  switch (wanted.type) {
    case 'agent': {
      const mapping = map.agent(asId<EmployeeId>(wanted.employeeId));
      return mapping && { id: mapping.userId, mapping };
    }
    case 'login': {
      const mapping = map.login(wanted.switch, wanted.loginCode);
      return mapping && { id: mapping.userId, mapping };
    }
    case 'queue': {
      const mapping = map.queue(wanted.switch, wanted.number);
      return mapping && { id: mapping.queueId, mapping };
    }
    case 'skill': {
      const mapping = map.skill(wanted.name);
      return mapping && { id: mapping.id, mapping };
    }
    case 'wrapup': {
      const mapping = map.wrapupCode(wanted.name);
      return mapping && { id: mapping.id, mapping };
    }
  }
}
