/** A Config DB for tests and the demo: its tables, sample contact centres, and how these change over time. */

export { Random } from '../random.ts';
export { applyMutation } from './changes/apply.ts';
export type { Mutation, MutationKind } from './changes/mutation.ts';
export {
  type AppliedMutation,
  type DrawableKind,
  drawableKinds,
  drawMutation,
  type MutationOptions,
  mutations,
} from './changes/mutations.ts';
export { type AgentAtWork, ContactCentre, type DirectoryEntry } from './contact-centre.ts';
export { expectation } from './expectation/expectation.ts';
export type {
  Expectation,
  ExpectationRules,
  ExpectedConflict,
  ExpectedNumber,
  ExpectedQueue,
  ExpectedUser,
} from './expectation/model.ts';
export { userTextNames } from './expectation/user-texts.ts';
export { generateContactCentre } from './generate/generate.ts';
export { load, type Place, type WriteOptions, writeChanges } from './load/load.ts';
export { MASKED_SECRET } from './model/integration.ts';
export { PASSWORD_MARK } from './model/people.ts';
export type { RowStatement } from './model/row-store.ts';
export { dnType, objectType } from './model/rows.ts';
export { type Comparison, type SkillExpression, scriptOf } from './model/skill-expression.ts';
export {
  type ContactCentreOptions,
  type Flaw,
  flaws,
  type HybridIntegration,
  harmlessFlaws,
} from './options.ts';
export { createSchema, schemaStatements } from './schema/create-schema.ts';
export { type SchemaMap, type SchemaProfile, schemaMap, schemaProfiles } from './schema/profiles.ts';
