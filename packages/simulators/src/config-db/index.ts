/** A Config DB for tests and the demo: its tables, sample contact centres, and how these change over time. */

export { applyMutation, type Mutation } from './changes/mutations.ts';
export { type AgentAtWork, ContactCentre } from './contact-centre.ts';
export {
  type Expectation,
  type ExpectationRules,
  type ExpectedConflict,
  type ExpectedQueue,
  type ExpectedUser,
  expectation,
} from './expectation/expectation.ts';
export { generateContactCentre } from './generate/generate.ts';
export { load, type Place, type WriteOptions, writeChanges } from './load/load.ts';
export type { RowStatement } from './model/row-store.ts';
export {
  type ContactCentreOptions,
  type HybridIntegration,
  harmlessOddities,
  type Oddity,
  oddities,
} from './options.ts';
export { createSchema, schemaStatements } from './schema/create-schema.ts';
export { type SchemaMap, type SchemaProfile, schemaMap, schemaProfiles } from './schema/profiles.ts';
