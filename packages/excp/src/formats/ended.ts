/** The stored form of a conversation that is over: the values of its text, checked one by one. */
import { callTypes } from '@exec/engage-link/wire';
import { z } from 'zod';
import type { PackedCall, PackedConversation, PackedLeg } from '../conversation/ended.ts';
import { incompletions } from '../conversation/state.ts';

const text = z.string();
const number = z.number();
/** What is usual is 0. */
const orUsual = <T extends z.ZodType>(schema: T) => z.union([z.literal(0), schema]).optional();

/** By its number, or by its key. */
const callName = z.union([number, text]).optional();

const call = z.tuple([
  z.union([z.literal(0), text]),
  z.array(text),
  number.optional(),
  number.optional(),
  number.optional(),
  orUsual(text),
  orUsual(z.enum(callTypes).catch('Unknown')),
  orUsual(text),
  callName,
  number.optional(),
  number.optional(),
]) satisfies z.ZodType<PackedCall>;

const leg = z.tuple([
  text,
  text,
  number.optional(),
  number.optional(),
  number.nullable().optional(),
  orUsual(text),
  orUsual(text),
  orUsual(text),
  number.optional(),
  number.optional(),
  callName,
  orUsual(text),
  callName,
]) satisfies z.ZodType<PackedLeg>;

export const endedSchema = z.tuple([
  number,
  number,
  number,
  number,
  z.array(call),
  z.array(leg),
  orUsual(z.enum(incompletions).catch('gap')),
  orUsual(text),
]) satisfies z.ZodType<PackedConversation>;
