/** Fills the ledger as if everything that Engage calls for had been written to the cloud. */
import { randomUUID } from 'node:crypto';
import {
  asId,
  type CloudQueueId,
  type CloudSkillId,
  type CloudSourceId,
  type CloudUserId,
  type CloudWrapupCodeId,
  type Dbid,
} from '@exec/common/ids';
import type { LeaseToken } from '@exec/common/leadership';
import type { Desired } from '../desired/model.ts';
import { queueFields } from '../desired/queue-fields.ts';
import { userFields } from '../desired/user-fields.ts';
import { skillPairs } from '../engage/skill-levels.ts';
import type { Ledger } from '../organization/ledger.ts';
import type { Change } from '../organization/ledger-changes.ts';
import { formatSkills } from '../plan/user-skills.ts';

export async function seedLedger(ledger: Ledger, token: LeaseToken, desired: Desired): Promise<void> {
  const changes: Change[] = [];
  const { keys } = ledger;
  const sourceId = asId<CloudSourceId>(randomUUID());
  changes.push(...keys.source({ id: sourceId, adopted: false }));
  const skills = new Map<Dbid, CloudSkillId>();
  for (const { dbid, name } of desired.skills.values()) {
    const id = asId<CloudSkillId>(randomUUID());
    skills.set(dbid, id);
    changes.push(...keys.skill({ dbid, id, name, at: 0 }));
  }
  const codes: CloudWrapupCodeId[] = [];
  for (const { dbid, name } of desired.wrapupCodes.values()) {
    const id = asId<CloudWrapupCodeId>(randomUUID());
    codes.push(id);
    changes.push(...keys.wrapupCode({ dbid, id, name, at: 0 }));
  }
  const users = new Map<Dbid, CloudUserId>();
  const supervisors: [CloudUserId, 'ours'][] = [];
  for (const user of desired.users.values()) {
    const id = asId<CloudUserId>(randomUUID());
    users.set(user.dbid, id);
    if (user.supervisor) supervisors.push([id, 'ours']);
    const link = {
      dbid: user.dbid,
      id,
      employeeId: user.employeeId,
      ...userFields.pick(user),
      state: 'active' as const,
      version: 5,
      skills: formatSkills(
        skillPairs(user.skills).map(([skill, proficiency]) => [skills.get(skill) ?? '', proficiency]),
      ),
      created: true,
      externalKey: String(user.dbid),
      primarySourceId: sourceId,
      at: 0,
    };
    changes.push(...keys.user(link, undefined));
  }
  changes.push(...keys.marks('supervisors', supervisors));
  for (const queue of desired.queues.values()) {
    const { dbid, members } = queue;
    const id = asId<CloudQueueId>(randomUUID());
    changes.push(...keys.queue({ dbid, id, ...queueFields.pick(queue), at: 0 }));
    const ours = [...members]
      .flatMap((person) => users.get(person) ?? [])
      .map((user) => [user, 'ours'] as const);
    changes.push(...keys.marks({ members: id }, ours, [], 1));
    changes.push(
      ...keys.marks(
        { codes: id },
        codes.map((code) => [code, 'ours'] as const),
        [],
        1,
      ),
    );
  }
  await ledger.write(token, changes);
}
