/** Carries out the steps for skills and wrap-up codes, and links objects that are adopted by name. */
import { isDuplicate } from '@exec/common/genesys-cloud';
import { asId, type CloudSkillId, type CloudWrapupCodeId, type Dbid } from '@exec/common/ids';
import { isSameName, linkedTo } from '../cloud/absorb.ts';
import type { Change } from '../cloud/ledger-changes.ts';
import type { NamedEntity } from '../plan/known.ts';
import type { Operation } from '../plan/operation.ts';
import { type ApplyContext, findEventually, isUnknown, record, type StepResult } from './context.ts';

export async function createSkill(context: ApplyContext, operation: Operation): Promise<StepResult> {
  const { cloud, desired, signal } = context;
  const skill = desired.skills.get(operation.engage.dbid);
  if (skill === undefined) return 'skipped';
  const find = async () =>
    (await cloud.skills.list({ name: skill.name, signal }).toArray()).find(
      (found) => found.state !== 'deleted' && isSameName(found.name, skill.name),
    );
  const { entity, created } = await createOrFind(
    context,
    () => cloud.skills.create(skill.name, { signal }),
    find,
  );
  await linkSkill(context, skill.dbid, { id: entity.id, name: entity.name }, created);
  return created ? 'done' : 'adopted';
}

export async function createWrapupCode(context: ApplyContext, operation: Operation): Promise<StepResult> {
  const { cloud, desired, state, signal } = context;
  const code = desired.wrapupCodes.get(operation.engage.dbid);
  if (code === undefined) return 'skipped';
  const division = state.homeDivisionId;
  const find = async () =>
    (await cloud.wrapupCodes.list({ name: code.name, signal }).toArray()).find((found) =>
      isSameName(found.name, code.name),
    );
  const { entity, created } = await createOrFind(
    context,
    () =>
      cloud.wrapupCodes.create(
        { name: code.name, ...(division === undefined ? {} : { division: { id: division } }) },
        { signal },
      ),
    find,
  );
  await linkWrapupCode(context, code.dbid, { id: entity.id, name: entity.name }, created);
  return created ? 'done' : 'adopted';
}

export async function renameWrapupCode(context: ApplyContext, operation: Operation): Promise<StepResult> {
  const { cloud, desired, state, signal, clock } = context;
  const code = desired.wrapupCodes.get(operation.engage.dbid);
  const link = state.wrapupCodes.get(operation.engage.dbid);
  if (code === undefined || link === undefined) return 'skipped';
  const now = await cloud.wrapupCodes.get(link.id, { signal });
  const { description, division } = now;
  const body = {
    name: code.name,
    ...(description === undefined ? {} : { description }),
    ...(division?.id === undefined ? {} : { division: { id: division.id } }),
  };
  const updated = await cloud.wrapupCodes.update(link.id, body, { signal });
  const renamed = { ...link, name: updated.name, at: clock.now() };
  state.wrapupCodes.set(link.dbid, renamed);
  state.codeIndex.set({ id: link.id, name: updated.name });
  await record(context, context.ledger.keys.wrapupCode(renamed));
  return 'done';
}

/** Adopts a skill or a wrap-up code that the plan found. */
export async function linkNamed(
  context: ApplyContext,
  operation: Operation,
  cloudId: string,
): Promise<StepResult> {
  const { state } = context;
  const { dbid } = operation.engage;
  if (operation.kind === 'skill') {
    const skill = state.skillIndex.get(asId<CloudSkillId>(cloudId));
    if (skill === undefined) return 'skipped';
    await linkSkill(context, dbid, skill, false);
  } else {
    const code = state.codeIndex.get(asId<CloudWrapupCodeId>(cloudId));
    if (code === undefined) return 'skipped';
    await linkWrapupCode(context, dbid, code, false);
  }
  return 'done';
}

interface Made<T> {
  readonly entity: T;
  /** False when it was there already. */
  readonly created: boolean;
}

/** Names are unique in the cloud: a create that was carried out unnoticed, or by others, is found by its name. */
export async function createOrFind<T>(
  context: ApplyContext,
  create: () => Promise<T>,
  find: () => Promise<T | undefined>,
): Promise<Made<T>> {
  try {
    return { entity: await create(), created: true };
  } catch (error) {
    if (!isDuplicate(error) && !isUnknown(error)) throw error;
    const found = await findEventually(context, find);
    if (found === undefined) throw error;
    return { entity: found, created: isUnknown(error) };
  }
}

async function linkSkill(
  context: ApplyContext,
  dbid: Dbid,
  skill: NamedEntity<CloudSkillId>,
  written: boolean,
): Promise<void> {
  const { state, ledger, clock } = context;
  const changes: Change[] = [];
  const before = state.skills.get(dbid);
  if (before !== undefined && before.id !== skill.id) {
    const former = { id: before.id, name: before.name, dbid };
    state.formerSkills.set(former.id, former);
    changes.push(...ledger.keys.former(former));
  }
  const other = linkedTo(state.skills, skill.id);
  if (other !== undefined && other !== dbid) {
    state.skills.delete(other);
    changes.push(...ledger.keys.dropSkill(other));
  }
  if (state.formerSkills.delete(skill.id)) changes.push(...ledger.keys.dropFormer(skill.id));
  const link = { dbid, id: skill.id, name: skill.name, at: written ? clock.now() : 0 };
  state.skills.set(dbid, link);
  state.skillIndex.set(skill);
  await record(context, [...changes, ...ledger.keys.skill(link)]);
}

async function linkWrapupCode(
  context: ApplyContext,
  dbid: Dbid,
  code: NamedEntity<CloudWrapupCodeId>,
  written: boolean,
): Promise<void> {
  const { state, ledger, clock } = context;
  const other = linkedTo(state.wrapupCodes, code.id);
  const former = other === dbid ? undefined : other;
  if (former !== undefined) state.wrapupCodes.delete(former);
  const link = { dbid, id: code.id, name: code.name, at: written ? clock.now() : 0 };
  state.wrapupCodes.set(dbid, link);
  state.codeIndex.set(code);
  await record(context, ledger.keys.wrapupCode(link, former));
}
