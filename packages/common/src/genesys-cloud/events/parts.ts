/** Pieces that all injected events share. Events are strict: nothing undeclared is ever sent. */
import { z } from 'zod';

/** An ID that we mint: UUID version 4, as the public definition asks. */
export const ourId = z.uuidv4();
/** An ID that the cloud minted, of whatever version. */
export const cloudId = z.guid();
/** UTC with milliseconds; offsets are refused by the cloud. */
export const eventTime = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, 'expected yyyy-MM-ddTHH:mm:ss.mmmZ');

export const audioState = z.strictObject({
  canHear: z.boolean().optional(),
  canSpeak: z.boolean().optional(),
});
export type AudioState = z.output<typeof audioState>;

export const initialConfiguration = z.strictObject({
  audioState: audioState.optional(),
  /** True: an answered event follows; false: connected at once. */
  alerting: z.boolean().optional(),
  /** Seen from the contact centre. */
  inbound: z.boolean().optional(),
  /** The leg that invited this one. */
  invitedBy: ourId.optional(),
  recordingActive: z.boolean().optional(),
  additionalInfo: z.record(z.string(), z.string()).optional(),
});
export type InitialConfiguration = z.output<typeof initialConfiguration>;

export const sourceConfiguration = z.strictObject({
  /** The presence source of the connector. */
  sourceId: z.string().min(1),
  /** ID of the conversation in Engage: the CallUUID of its first call. */
  interactionId: z.string().min(1),
  tagId: z.string().optional(),
});
export type SourceConfiguration = z.output<typeof sourceConfiguration>;

/** What every conversation event has. */
export const conversationEvent = z.strictObject({
  eventId: ourId,
  eventDateTime: eventTime,
  conversationId: ourId,
});

/** Event time as the cloud takes it. `at`: milliseconds since 1970 UTC. */
export function toEventTime(at: number): string {
  return new Date(at).toISOString();
}
