/** Which Engage object is which object of the EX organisation. */
export {
  type AgentMapping,
  agentMappingSchema,
  type DnEntry,
  dnEntrySchema,
  emptyContent,
  type IdMapContent,
  type LoginMapping,
  type QueueMapping,
  queueMappingSchema,
  type SkillMapping,
  skillMappingSchema,
  sourceIdSchema,
  type WrapupCodeMapping,
  wrapupCodeMappingSchema,
} from './content.ts';
export { aboutMap, IdMap } from './id-map.ts';
export { type Fence, IdMapStore, type IdMapStoreOptions } from './store.ts';
