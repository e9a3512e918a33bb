/** Skills of the organisation. They cannot be renamed. */
import { z } from 'zod';
import type { CloudSkillId } from '../../ids.ts';
import { type Caller, type CallOptions, operation } from '../call.ts';
import type { Listing } from '../listing.ts';
import { byPageNumber, type ListOptions, listOperation } from '../paged.ts';
import { entityState, skillId } from './schemas.ts';
import { checked } from './sending.ts';

const skill = z.looseObject({
  id: skillId,
  name: z.string(),
  /** `active`, `inactive` or `deleted`; a listing can show deleted ones. */
  state: entityState.optional(),
});
export type Skill = z.output<typeof skill>;

const getRoutingSkills = listOperation('getRoutingSkills', '/routing/skills', skill);
const getRoutingSkill = operation({
  name: 'getRoutingSkill',
  method: 'GET',
  path: '/routing/skills/{skillId}',
  answer: skill,
});
const postRoutingSkills = operation({
  name: 'postRoutingSkills',
  method: 'POST',
  path: '/routing/skills',
  answer: skill,
});
const createSkill = z.strictObject({ name: z.string().min(1) });

export class SkillOperations {
  readonly #caller: Caller;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** All skills; with `name` those whose name begins with it. */
  list(options: ListOptions & { readonly name?: string } = {}): Listing<Skill> {
    return byPageNumber({
      caller: this.#caller,
      operation: getRoutingSkills,
      parts: { query: { name: options.name } },
      options,
      pageSize: 100,
      idOf: (s) => s.id,
    });
  }

  get(id: CloudSkillId, options?: CallOptions): Promise<Skill> {
    return this.#caller.call(getRoutingSkill, { path: { skillId: id } }, options);
  }

  /** @throws CloudError `cloud.conflict` (isDuplicate), `cloud.outcome-unknown`: look it up by name */
  create(name: string, options?: CallOptions): Promise<Skill> {
    const body = checked(createSkill, { name }, postRoutingSkills.name);
    return this.#caller.call(postRoutingSkills, { body }, options);
  }
}
