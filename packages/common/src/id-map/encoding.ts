/** The ID map as fields of one Redis hash, one field per object, so that only differences are written. */
import type { z } from 'zod';
import type { Formats, StoredValue } from '../formats/index.ts';
import {
  agentMappingSchema,
  dnEntrySchema,
  type IdMapContent,
  queueMappingSchema,
  skillMappingSchema,
  sourceIdSchema,
  wrapupCodeMappingSchema,
} from './content.ts';

/** Field of the hash that holds the version; no object field is called so. */
export const versionField = 'version';
/** Field that holds the format of the others; absent: the first. */
export const formatField = 'format';

/** Object fields by name; equal content gives equal texts. */
export function encodeContent(formats: Formats, content: IdMapContent): Map<string, string> {
  const fields = new Map([[formatField, String(formats.writes)]]);
  const put = (name: string, value: object) => {
    const what = `id-map:${kindOf(name)}`;
    if (!fields.has(name)) fields.set(name, JSON.stringify(formats.encode(what, value)));
  };
  for (const agent of content.agents) {
    const { employeeId, dbid, userId, email, state, supervisor } = agent;
    const logins = agent.logins.map((login) => ({ switch: login.switch, code: login.code }));
    put(`agent:${employeeId}`, { employeeId, dbid, userId, email, state, supervisor, logins });
  }
  for (const { switch: switchName, number, dbid, queueId, name } of content.queues)
    put(`queue:${dbid}`, { switch: switchName, number, dbid, queueId, name });
  for (const { name, dbid, id } of content.skills) put(`skill:${dbid}`, { name, dbid, id });
  for (const { name, displayName, dbid, id } of content.wrapupCodes)
    put(`wrapup:${dbid}`, { name, displayName, dbid, id });
  for (const { switch: switchName, number, type } of content.dns)
    put(`dn:${type}:${number}@${switchName}`, { switch: switchName, number, type });
  if (content.sourceId !== undefined) fields.set('source', JSON.stringify(content.sourceId));
  return fields;
}

/** @throws Error when a field is not what `encodeContent` writes, or of a format that is not read */
export function decodeContent(formats: Formats, fields: ReadonlyMap<string, string>): IdMapContent {
  const format = Number(fields.get(formatField) ?? '1');
  const parts = {
    agent: [] as z.output<typeof agentMappingSchema>[],
    queue: [] as z.output<typeof queueMappingSchema>[],
    skill: [] as z.output<typeof skillMappingSchema>[],
    wrapup: [] as z.output<typeof wrapupCodeMappingSchema>[],
    dn: [] as z.output<typeof dnEntrySchema>[],
  };
  let sourceId: z.output<typeof sourceIdSchema> | undefined;
  // Redis keeps no order; sorted, the same content always reads the same.
  for (const [field, text] of [...fields].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) {
    const kind = kindOf(field);
    const stored: unknown = JSON.parse(text);
    const value = isObject(stored) ? formats.decode(`id-map:${kind}`, format, stored) : stored;
    switch (kind) {
      case 'agent':
        parts.agent.push(agentMappingSchema.parse(value));
        break;
      case 'queue':
        parts.queue.push(queueMappingSchema.parse(value));
        break;
      case 'skill':
        parts.skill.push(skillMappingSchema.parse(value));
        break;
      case 'wrapup':
        parts.wrapup.push(wrapupCodeMappingSchema.parse(value));
        break;
      case 'dn':
        parts.dn.push(dnEntrySchema.parse(value));
        break;
      case 'source':
        sourceId = sourceIdSchema.parse(value);
        break;
      default:
      // A later release may keep more kinds of objects here.
    }
  }
  return {
    agents: parts.agent,
    queues: parts.queue,
    skills: parts.skill,
    wrapupCodes: parts.wrapup,
    dns: parts.dn,
    ...(sourceId === undefined ? {} : { sourceId }),
  };
}

function kindOf(field: string): string {
  return field.split(':', 1)[0] ?? '';
}

function isObject(value: unknown): value is StoredValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
