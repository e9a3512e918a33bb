/** The Redis commands that keep the ledger in step with what is known, and how its records are read back. */

import type { Formats } from '@exec/common/formats';
import {
  asId,
  type CloudQueueId,
  type CloudSkillId,
  type CloudSourceId,
  type CloudUserId,
  type CloudWrapupCodeId,
  type Dbid,
  type EmployeeId,
} from '@exec/common/ids';
import type { KeySpace } from '@exec/common/redis';
import { z } from 'zod';
import { queueFields } from '../desired/queue-fields.ts';
import { userFields } from '../desired/user-fields.ts';
import type { FormerSkill, Owner, QueueLink, SkillLink, UserLink, WrapupLink } from '../plan/organization.ts';
import type { UserSkills } from '../plan/user-skills.ts';

/** One Redis command: its name, the key, the arguments. Each may be carried out twice without harm. */
export type Change = readonly ['HSET' | 'HDEL' | 'SET' | 'DEL' | 'ZADD', string, ...(string | number)[]];

const dbid = z.number().transform((value) => asId<Dbid>(value));
const linked = { dbid, at: z.number() };

const userLink = z.object({
  ...linked,
  id: z.string().transform((value) => asId<CloudUserId>(value)),
  employeeId: z.string().transform((value) => asId<EmployeeId>(value)),
  ...userFields.storedSchemas(),
  state: z.enum(['active', 'inactive', 'deleted']),
  version: z.number().optional(),
  skills: z.string().transform((text) => text as UserSkills),
  created: z.boolean(),
  externalKey: z.string().optional(),
  primarySourceId: z.string().optional(),
});
const skillId = z.string().transform((value) => asId<CloudSkillId>(value));
const skillLink = z.object({ ...linked, id: skillId, name: z.string() });
const formerSkill = z.object({ dbid, id: skillId, name: z.string() });
const queueLink = z.object({
  ...linked,
  id: z.string().transform((value) => asId<CloudQueueId>(value)),
  ...queueFields.storedSchemas(),
});
const wrapupLink = z.object({
  ...linked,
  id: z.string().transform((value) => asId<CloudWrapupCodeId>(value)),
  name: z.string(),
});
const sourceRecord = z.object({
  id: z.string().transform((value) => asId<CloudSourceId>(value)),
  /** Whether the source was there before this ledger. */
  adopted: z.boolean(),
});
export type SourceRecord = z.output<typeof sourceRecord>;

/** The kinds of records: their names, for their formats, and what they hold. */
export const records = {
  user: { what: 'excs:user', schema: userLink },
  skill: { what: 'excs:skill', schema: skillLink },
  formerSkill: { what: 'excs:former-skill', schema: formerSkill },
  queue: { what: 'excs:queue', schema: queueLink },
  wrapupCode: { what: 'excs:wrapup-code', schema: wrapupLink },
  source: { what: 'excs:source', schema: sourceRecord },
} as const;

const ownerMarks: Readonly<Record<Owner, string>> = { ours: 'o', foreign: 'f', adding: 'a' };
const owners: Readonly<Record<string, Owner>> = { o: 'ours', f: 'foreign', a: 'adding' };

/** Field of a hash of marks that says that the hash is complete, even when it is empty; its value is the last write. */
export const completeField = '.';

export function ownerOf(mark: string): Owner | undefined {
  return owners[mark];
}

export class LedgerKeys {
  readonly #keys: KeySpace;
  readonly #formats: Formats;

  constructor(keys: KeySpace, formats: Formats) {
    this.#keys = keys;
    this.#formats = formats;
  }

  of(...parts: readonly string[]): string {
    return this.#keys.key('excs', ...parts);
  }

  user(link: UserLink, former: Dbid | undefined): Change[] {
    const key = this.of('users');
    const set: Change = ['HSET', key, String(link.dbid), this.#formats.write(records.user.what, link)];
    return former === undefined ? [set] : [set, ['HDEL', key, String(former)]];
  }

  dropUser(person: Dbid): Change[] {
    return [['HDEL', this.of('users'), String(person)]];
  }

  skill(link: SkillLink): Change[] {
    return [['HSET', this.of('skills'), String(link.dbid), this.#formats.write(records.skill.what, link)]];
  }

  former(skill: FormerSkill): Change[] {
    return [
      ['HSET', this.of('former-skills'), skill.id, this.#formats.write(records.formerSkill.what, skill)],
    ];
  }

  dropSkill(skill: Dbid): Change[] {
    return [['HDEL', this.of('skills'), String(skill)]];
  }

  dropFormer(id: CloudSkillId): Change[] {
    return [['HDEL', this.of('former-skills'), id]];
  }

  /** A queue that takes over another one's place drops that one's link. */
  queue(link: QueueLink, former?: Dbid): Change[] {
    const key = this.of('queues');
    const set: Change = ['HSET', key, String(link.dbid), this.#formats.write(records.queue.what, link)];
    return former === undefined ? [set] : [set, ['HDEL', key, String(former)]];
  }

  dropQueue(queue: Dbid, id: CloudQueueId): Change[] {
    return [
      ['HDEL', this.of('queues'), String(queue)],
      ['DEL', this.of('members', id)],
      ['DEL', this.of('queue-codes', id)],
    ];
  }

  wrapupCode(link: WrapupLink, former?: Dbid): Change[] {
    const key = this.of('wrapup-codes');
    const set: Change = ['HSET', key, String(link.dbid), this.#formats.write(records.wrapupCode.what, link)];
    return former === undefined ? [set] : [set, ['HDEL', key, String(former)]];
  }

  dropWrapupCode(code: Dbid): Change[] {
    return [['HDEL', this.of('wrapup-codes'), String(code)]];
  }

  source(record: SourceRecord): Change[] {
    return [['SET', this.of('source'), this.#formats.write(records.source.what, record)]];
  }

  /** Marks of members, codes or grants. `at`: time of our write; undefined leaves it. */
  marks(
    where: { readonly members: CloudQueueId } | { readonly codes: CloudQueueId } | 'supervisors',
    set: Iterable<readonly [string, Owner]>,
    drop: Iterable<string> = [],
    at?: number,
  ): Change[] {
    const key =
      where === 'supervisors'
        ? this.of('supervisors')
        : 'members' in where
          ? this.of('members', where.members)
          : this.of('queue-codes', where.codes);
    const changes: Change[] = [];
    const pairs = [...set].flatMap(([id, owner]) => [id, ownerMarks[owner]]);
    if (at !== undefined) pairs.push(completeField, String(at));
    for (let start = 0; start < pairs.length; start += valuesPerCommand)
      changes.push(['HSET', key, ...pairs.slice(start, start + valuesPerCommand)]);
    const dropped = [...drop];
    for (let start = 0; start < dropped.length; start += valuesPerCommand)
      changes.push(['HDEL', key, ...dropped.slice(start, start + valuesPerCommand)]);
    return changes;
  }
}

/** Even, and far below what Lua passes to one call. */
const valuesPerCommand = 1000;
