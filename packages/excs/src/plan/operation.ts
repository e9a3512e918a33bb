/**
 * One step of a plan: what is done to which object, why, and everything that carrying it out needs. A step names what
 * the EX organisation shall hold; which cloud ID an object has that the same plan creates is looked up when its step
 * comes.
 */
import {
  asId,
  type CloudQueueId,
  type CloudSkillId,
  type CloudUserId,
  type CloudWrapupCodeId,
  type Dbid,
  type EmployeeId,
} from '@exec/common/ids';
import { z } from 'zod';
import { engageKinds } from '../desired/model.ts';
import { queueFields } from '../desired/queue-fields.ts';
import { userFields } from '../desired/user-fields.ts';
import { skillLevels } from '../engage/skill-levels.ts';

/** What the safety limits count. */
export const limitClasses = [
  'deactivations',
  'creations',
  'removals.queue-member',
  'removals.role',
  'removals.user-skill',
  'removals.queue-wrapup-code',
] as const;
export type LimitClass = (typeof limitClasses)[number];

const dbid = z.int().transform((value) => asId<Dbid>(value));
const userId = z.string().transform((text) => asId<CloudUserId>(text));
const queueId = z.string().transform((text) => asId<CloudQueueId>(text));
const skillId = z.string().transform((text) => asId<CloudSkillId>(text));
const codeId = z.string().transform((text) => asId<CloudWrapupCodeId>(text));
const employeeId = z.string().transform((text) => asId<EmployeeId>(text));
const listOf = <T extends z.ZodType>(item: T) => z.array(item).readonly();
/** Absent in memory, `null` where a plan is shown. */
const absent = <T extends z.ZodType>(value: T) =>
  value
    .nullable()
    .transform((held) => held ?? undefined)
    .optional();

const every = {
  /** `<kind>/<operation>/<DBID>`, with a running part where an object needs several; equal in equal plans. */
  id: z.string(),
  /** The object of Engage that it is about. */
  engage: z.object({ kind: z.enum(engageKinds), dbid, name: z.string() }).readonly(),
  reason: z.string(),
  /** What is there, and what will be there, for people. */
  before: absent(z.string()),
  after: absent(z.string()),
  /** Steps of one key run one after the other; keys of one phase run side by side. */
  serialKey: z.string(),
  /** What the safety limits count of it: class and a key for each thing. */
  counted: z
    .object({ limit: z.enum(limitClasses), items: listOf(z.string()) })
    .readonly()
    .optional(),
};

/** Steps that differ in their type only; `values` is what carrying them out needs. */
function steps<T extends string, V extends z.ZodRawShape>(types: readonly T[], values: V) {
  return z.object({ ...every, type: z.literal(types), ...values }).readonly();
}

/** The cloud object, where it is there already; for people, unless a step requires it. */
const known = { cloudId: absent(z.string()) };
const queue = z.object(queueFields.schemas()).readonly();
const user = z.object(userFields.schemas()).readonly();

export const operationSchema = z.discriminatedUnion('type', [
  steps(['source.create', 'source.update'], {
    ...known,
    source: z.object({ name: z.string(), description: z.string() }).readonly(),
  }),
  steps(['skill.create'], { ...known, name: z.string() }),
  steps(['skill.adopt'], { cloudId: skillId }),
  steps(['wrapup-code.create', 'wrapup-code.update'], { ...known, name: z.string() }),
  steps(['wrapup-code.adopt'], { cloudId: codeId }),
  steps(['queue.create', 'queue.update'], { ...known, queue }),
  steps(['queue.adopt'], { cloudId: queueId }),
  steps(['user.create'], { ...known, user, employeeId }),
  steps(['user.adopt'], { cloudId: userId, employeeId }),
  steps(['user.update'], { ...known, user }),
  steps(['user.activate', 'user.restore', 'user.deactivate'], known),
  steps(['external-identity.add', 'external-identity.replace'], {
    ...known,
    identity: z.object({ authorityName: z.string(), externalKey: z.string() }).readonly(),
  }),
  steps(['user-skills.set'], {
    ...known,
    /** Skill DBID and proficiency alternate. */
    skills: z.array(z.number()).transform(skillLevels),
    /** Skills of the user that are not ours to take, or whose absence no second read has shown yet. */
    keep: listOf(skillId),
  }),
  steps(['default-source.set', 'primary-source.set', 'role.grant'], known),
  steps(['role.revoke'], { cloudId: userId }),
  steps(['queue-member.add'], { ...known, persons: listOf(dbid) }),
  steps(['queue-member.remove'], { cloudId: queueId, users: listOf(userId) }),
  steps(['queue-wrapup-code.add'], { ...known, codes: listOf(dbid) }),
  steps(['queue-wrapup-code.remove'], { cloudId: queueId, code: codeId }),
]);
export type Operation = z.output<typeof operationSchema>;
export type OperationType = Operation['type'];
/** The operations that may have one of these types. */
export type OperationOf<T extends OperationType, O = Operation> = O extends { readonly type: infer U }
  ? [Extract<U, T>] extends [never]
    ? never
    : O
  : never;

/**
 * The order of a plan: steps of a lower phase are done before any of a higher one is begun. What exists comes before
 * what refers to it; what takes something away comes last.
 */
const phases: Readonly<Record<OperationType, number>> = {
  'source.create': 0,
  'source.update': 0,
  'default-source.set': 0,

  'skill.create': 1,
  'skill.adopt': 1,
  'wrapup-code.create': 1,
  'wrapup-code.adopt': 1,
  'wrapup-code.update': 1,
  'queue.create': 1,
  'queue.adopt': 1,
  'queue.update': 1,

  // A user that comes back is linked and active before anything else of it is changed.
  'user.adopt': 2,
  'user.activate': 2,
  'user.restore': 2,

  // The user that has an e-mail address gives it up before another one is created with it.
  'user.update': 3,

  'user.create': 4,
  'external-identity.add': 4,
  'external-identity.replace': 4,
  'user-skills.set': 4,
  'primary-source.set': 4,

  'role.grant': 5,
  'queue-member.add': 5,
  'queue-wrapup-code.add': 5,

  'role.revoke': 6,
  'queue-member.remove': 6,
  'queue-wrapup-code.remove': 6,

  // Without its memberships by now.
  'user.deactivate': 7,
};

/** Every type, in the order of a plan. */
export const operationTypes = Object.keys(phases) as readonly OperationType[];

export function phaseOf(operation: Pick<Operation, 'type'>): number {
  return phases[operation.type];
}

/** The two labels under which a type is shown and counted: what it is about, and what is done. */
export function labelsOf(type: OperationType): { readonly kind: string; readonly operation: string } {
  const dot = type.indexOf('.');
  return { kind: type.slice(0, dot), operation: type.slice(dot + 1) };
}

/** @param part what tells several steps of one type and object apart */
export function operationId(type: OperationType, about: Dbid, part?: string | number): string {
  const { kind, operation } = labelsOf(type);
  return `${kind}/${operation}/${about}${part === undefined ? '' : `/${part}`}`;
}
