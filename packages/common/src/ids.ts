/** Branded identifiers: a string of one kind cannot be passed where another kind is meant. */
import { hash } from 'node:crypto';

declare const brand: unique symbol;
export type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Person's employee ID in Engage, the agent ID known to Stat Server. */
export type EmployeeId = Branded<string, 'EmployeeId'>;
/** Object number in the Config DB: unique within one object type only. */
export type Dbid = Branded<number, 'Dbid'>;
/** Call identity on one SIP Server. */
export type CallUuid = Branded<string, 'CallUuid'>;
/** Party identity in the call monitoring stream. */
export type PartyUuid = Branded<string, 'PartyUuid'>;
/** Genesys Cloud user. */
export type CloudUserId = Branded<string, 'CloudUserId'>;
/** Genesys Cloud queue. */
export type CloudQueueId = Branded<string, 'CloudQueueId'>;
/** Genesys Cloud routing skill. */
export type CloudSkillId = Branded<string, 'CloudSkillId'>;
/** Genesys Cloud wrap-up code. */
export type CloudWrapupCodeId = Branded<string, 'CloudWrapupCodeId'>;
/** Genesys Cloud presence source. */
export type CloudSourceId = Branded<string, 'CloudSourceId'>;

/** Marks a value that has been checked at the edge as an identifier of kind `Id`. */
export function asId<Id extends Branded<string | number, string>>(
  value: Id extends string ? string : number,
): Id {
  return value as unknown as Id;
}

/**
 * A UUID in version 4 form that depends on `parts` alone, so that a repeat carries the same ID wherever and whenever it
 * is computed. The first part names the kind of thing; order and boundaries of the parts count.
 */
export function derivedUuid(...parts: readonly (string | number)[]): string {
  // A length in front of each part keeps ("ab", "c") and ("a", "bc") apart.
  let text = '';
  for (const part of parts) text += `${String(part).length}:${part}`;
  const hex = hash('sha256', text);
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
