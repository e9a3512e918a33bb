/** Pieces of answers that several operations share. Everything that is not needed stays optional and unknown fields pass. */
import { z } from 'zod';
import {
  asId,
  type CloudQueueId,
  type CloudSkillId,
  type CloudSourceId,
  type CloudUserId,
  type CloudWrapupCodeId,
} from '../../ids.ts';

const id = z.string().min(1);

export const userId = id.transform((value) => asId<CloudUserId>(value));
export const queueId = id.transform((value) => asId<CloudQueueId>(value));
export const skillId = id.transform((value) => asId<CloudSkillId>(value));
export const wrapupCodeId = id.transform((value) => asId<CloudWrapupCodeId>(value));
export const sourceId = id.transform((value) => asId<CloudSourceId>(value));

/** An entity of which only the ID and the name matter. */
export const namedEntity = z.looseObject({ id: id.optional(), name: z.string().optional() });

export const division = z.looseObject({ id: id.optional(), name: z.string().optional() });

export const entityState = z.string();
