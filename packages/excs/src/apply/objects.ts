/** Carries out the steps for skills and wrap-up codes. */
import type { CloudSkillId, CloudWrapupCodeId, Dbid } from '@exec/common/ids';
import { isSameName } from '../desired/names.ts';
import type { Change } from '../organization/ledger-changes.ts';
import { linkedTo } from '../organization/organization-state.ts';
import type { OperationOf } from '../plan/operation.ts';
import type { NamedEntity } from '../plan/organization.ts';
import { type ApplyContext, record, type StepResult } from './context.ts';
import { createOrFind } from './create-or-find.ts';

export async function createSkill(
  context: ApplyContext,
  operation: OperationOf<'skill.create'>,
): Promise<StepResult> {
  const { cloud, signal } = context;
  const { name } = operation;
  const find = async () =>
    (await cloud.skills.list({ name, signal }).toArray()).find(
      (found) => found.state !== 'deleted' && isSameName(found.name, name),
    );
  const { entity, created } = await createOrFind(context, () => cloud.skills.create(name, { signal }), find);
  await linkSkill(context, operation.engage.dbid, { id: entity.id, name: entity.name }, created);
  return created ? 'done' : 'adopted';
}

export async function createWrapupCode(
  context: ApplyContext,
  operation: OperationOf<'wrapup-code.create'>,
): Promise<StepResult> {
  const { cloud, state, signal } = context;
  const { name } = operation;
  const division = state.homeDivisionId;
  const find = async () =>
    (await cloud.wrapupCodes.list({ name, signal }).toArray()).find((found) => isSameName(found.name, name));
  const { entity, created } = await createOrFind(
    context,
    () =>
      cloud.wrapupCodes.create(
        { name, ...(division === undefined ? {} : { division: { id: division } }) },
        { signal },
      ),
    find,
  );
  await linkWrapupCode(context, operation.engage.dbid, { id: entity.id, name: entity.name }, created);
  return created ? 'done' : 'adopted';
}

export async function renameWrapupCode(
  context: ApplyContext,
  operation: OperationOf<'wrapup-code.update'>,
): Promise<StepResult> {
  const { cloud, state, signal, clock } = context;
  const link = state.wrapupCodes.get(operation.engage.dbid);
  if (link === undefined) return 'skipped';
  const now = await cloud.wrapupCodes.get(link.id, { signal });
  const { description, division } = now;
  const body = {
    name: operation.name,
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

/** Adopts a skill that the plan found by its name. */
export async function adoptSkill(
  context: ApplyContext,
  operation: OperationOf<'skill.adopt'>,
): Promise<StepResult> {
  const skill = context.state.skillIndex.get(operation.cloudId);
  if (skill === undefined) return 'skipped';
  await linkSkill(context, operation.engage.dbid, skill, false);
  return 'done';
}

export async function adoptWrapupCode(
  context: ApplyContext,
  operation: OperationOf<'wrapup-code.adopt'>,
): Promise<StepResult> {
  const code = context.state.codeIndex.get(operation.cloudId);
  if (code === undefined) return 'skipped';
  await linkWrapupCode(context, operation.engage.dbid, code, false);
  return 'done';
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
