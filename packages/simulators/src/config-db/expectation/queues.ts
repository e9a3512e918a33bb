/** Which queues are expected under which names, and which telephones around them. */
import { type DnRow, dnType, state } from '../model/rows.ts';
import type { Case, ExpectedNumber } from './model.ts';

export interface ExpectedName {
  readonly dbid: number;
  readonly switch: string;
  readonly number: string;
  readonly name: string;
}

/**
 * The alias, else the number. An equal name on another switch: the later one gets `@<switch>` behind its name. A name
 * that differs in case only, or an equal one on the same switch: the later one is left out.
 */
export function expectQueues(of: Case, rows: readonly Readonly<DnRow>[]): ExpectedName[] {
  const taken = new Map<string, { name: string; switch: string }>();
  const queues: ExpectedName[] = [];
  for (const row of rows) {
    const site = switchName(of, row);
    const number = row.number_.trim();
    const plain = row.name?.trim() || number;
    const rival = taken.get(plain.toLowerCase());
    const equal = rival?.name === plain;
    const name = rival === undefined ? plain : `${plain}@${site}`;
    const refused = rival !== undefined && (!equal || rival.switch === site || taken.has(name.toLowerCase()));
    if (refused) {
      of.conflicts.push({ reason: equal ? 'queue.duplicate-name' : 'queue.name-case', dbid: row.dbid });
      continue;
    }
    taken.set(name.toLowerCase(), { name, switch: site });
    queues.push({ dbid: row.dbid, switch: site, number, name });
  }
  return queues;
}

export function expectNumbers(of: Case, queues: readonly Readonly<DnRow>[]): ExpectedNumber[] {
  const switches = new Set(queues.map((queue) => queue.switch_dbid));
  const types: Readonly<Record<number, ExpectedNumber['type']>> = {
    [dnType.extension]: 'Extension',
    [dnType.acdPosition]: 'ACDPosition',
  };
  return [...of.centre.store.rows('cfg_dn')].flatMap((row) => {
    const type = types[row.type];
    const usable = row.state === state.enabled || !of.complete;
    if (type === undefined || !usable || !switches.has(row.switch_dbid)) return [];
    return [{ switch: switchName(of, row), number: row.number_.trim(), type }];
  });
}

export function switchName(of: Case, row: Readonly<DnRow>): string {
  return of.centre.store.find('cfg_switch', { dbid: row.switch_dbid })?.name.trim() ?? '';
}
