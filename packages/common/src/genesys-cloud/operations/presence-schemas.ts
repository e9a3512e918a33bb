/** Presence sources, definitions and settings, as the cloud answers them and as we send them. */
import { z } from 'zod';
import { sourceId } from './schemas.ts';

export const source = z.looseObject({
  id: sourceId,
  name: z.string(),
  description: z.string().optional(),
  /** `System` or `User`; ours are `User`. */
  type: z.string().optional(),
  deactivated: z.boolean().optional(),
});
export type PresenceSource = z.output<typeof source>;

export const sourceRequest = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  type: z.literal('User'),
  deactivated: z.boolean().optional(),
});
export type SourceRequest = z.output<typeof sourceRequest>;

export const definition = z.looseObject({
  id: z.string().min(1),
  name: z.string().optional(),
  /** `System` for the built-in ones. */
  type: z.string().optional(),
  /** `Available`, `Away`, `Busy`, `Offline`, `Idle`, `OnQueue`, `Meal`, `Training`, `Meeting`, `Break`. */
  systemPresence: z.string().optional(),
  deactivated: z.boolean().optional(),
});
export type PresenceDefinition = z.output<typeof definition>;

export const settings = z.looseObject({
  defaultPrimaryPresenceRegisteredSourceId: z.string().optional(),
});
export type PresenceSettings = z.output<typeof settings>;

export const primarySource = z.looseObject({
  id: z.string().optional(),
  sourceId: z.string().optional(),
  registered: z.boolean().optional(),
});
export type PrimarySource = z.output<typeof primarySource>;
