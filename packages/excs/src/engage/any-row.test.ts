/** Whatever cells of rows hold that cannot be read: nothing that was there is taken for gone because of them. */

import { ExecError } from '@exec/common/errors';
import type { Dbid } from '@exec/common/ids';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { desiredState } from '../desired/desired.ts';
import type { Desired } from '../desired/model.ts';
import { type Row, type Rows, rowSource, wholeSchema } from '../testing/row-source.ts';
import { rules } from '../testing/snapshot.ts';
import { personTextColumns } from './person-texts.ts';
import { readSnapshot } from './read-snapshot.ts';
import { defaultSchemaMap, type TableName } from './schema-map.ts';
import { noSkillLevels, skillPairs } from './skill-levels.ts';
import { dnType, objectType } from './snapshot.ts';

const folder = 'EX_EVOLUTION';

/** A small contact centre: every kind of object twice, so that one may go wrong beside a healthy one. */
function centre(): Required<Pick<Rows, Exclude<TableName, 'cfg_locale'>>> {
  const texts = (rows: readonly Record<string, string | number>[]): Row[] =>
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, String(cell)])));
  const annex = (
    type: number,
    object: number,
    from: number,
    section: string,
    option: string,
    value: string,
  ) => [
    {
      object_type: type,
      object_dbid: object,
      dbid: from,
      parent_dbid: 0,
      prop_name: section,
      prop_value: '',
      part: 0,
    },
    {
      object_type: type,
      object_dbid: object,
      dbid: from + 1,
      parent_dbid: from,
      prop_name: option,
      prop_value: value,
      part: 0,
    },
  ];
  const folders = [
    [51, objectType.person, [1, 2, 3]],
    [52, objectType.skill, [11, 12]],
    [53, objectType.dn, [21, 22]],
  ] as const;
  return {
    cfg_tenant: texts([{ dbid: 101, name: 'Resources' }]),
    cfg_person: texts(
      [1, 2, 3].map((dbid) => ({
        dbid,
        tenant_dbid: 101,
        ...Object.fromEntries(Object.keys(personTextColumns).map((column) => [column, 'any'])),
        first_name: 'A',
        last_name: `B${dbid}`,
        user_name: `u${dbid}`,
        employee_id: `E${dbid}`,
        is_agent: 2,
        state: 1,
        email_address: `u${dbid}@example.com`,
      })),
    ),
    cfg_skill: texts([11, 12].map((dbid) => ({ dbid, tenant_dbid: 101, name: `Skill ${dbid}`, state: 1 }))),
    cfg_skill_level: texts([
      { person_dbid: 1, skill_dbid: 11, level_: 3 },
      { person_dbid: 1, skill_dbid: 12, level_: 2 },
      { person_dbid: 2, skill_dbid: 12, level_: 4 },
    ]),
    cfg_switch: texts([{ dbid: 31, tenant_dbid: 101, name: 'North', state: 1 }]),
    cfg_dn: texts(
      [21, 22].map((dbid) => ({
        dbid,
        switch_dbid: 31,
        number_: `80${dbid}`,
        name: `Queue ${dbid}`,
        type: dnType.virtualQueue,
        state: 1,
      })),
    ),
    cfg_group: texts(
      [41, 42].map((dbid) => ({ dbid, tenant_dbid: 101, group_type: 5, name: `G${dbid}`, state: 1 })),
    ),
    cfg_agent_group: texts([
      { group_dbid: 41, agent_dbid: 1 },
      { group_dbid: 41, agent_dbid: 3 },
    ]),
    cfg_agent_login: [],
    cfg_login_info: texts([{ person_dbid: 1, agent_login_dbid: 61, switch_dbid: 31, login_code: '4001' }]),
    cfg_flex_prop: texts([
      ...annex(objectType.agentGroup, 41, 1, 'hybrid', 'WFM_queue_number', '8021'),
      ...annex(objectType.agentGroup, 42, 3, 'hybrid', 'WFM_queue_number', '8022'),
      ...annex(objectType.agentGroup, 42, 5, 'virtual', 'script', 'Skill("Skill 12") > 1'),
      ...annex(objectType.person, 2, 7, 'htcc', 'roles', 'Supervisor'),
    ]),
    cfg_enumerator: texts([{ dbid: 71, tenant_dbid: 101, name: 'DispositionCode', state: 1 }]),
    cfg_enumerator_value: texts(
      [81, 82].map((dbid) => ({
        dbid,
        enumerator_dbid: 71,
        name: `c${dbid}`,
        display_name: `Code ${dbid}`,
        state: 1,
      })),
    ),
    cfg_transaction: [],
    cfg_folder: texts(
      folders.map(([dbid, type]) => ({
        dbid,
        name: folder,
        type,
        owner_type: type === objectType.dn ? objectType.switch : objectType.tenant,
        owner_dbid: type === objectType.dn ? 31 : 101,
        parent_type: objectType.tenant,
        parent_dbid: 101,
      })),
    ),
    cfg_folder_item: texts(
      folders.flatMap(([dbid, type, objects]) =>
        objects.map((object) => ({ folder_dbid: dbid, object_type: type, object_dbid: object })),
      ),
    ),
  };
}

async function read(rows: Rows): Promise<Desired> {
  const snapshot = await readSnapshot(rowSource(rows), wholeSchema(), {
    tenant: 101,
    queueTypes: [dnType.virtualQueue],
    wrapupAttribute: 'DispositionCode',
    map: defaultSchemaMap,
  });
  return desiredState(snapshot, { ...rules, folder });
}

/** What the healthy centre holds and the other read would take away. */
function takenAway(healthy: Desired, now: Desired): string[] {
  const lost: string[] = [];
  const refused = new Set(now.refused.map(({ kind }) => kind));
  const skillsOf = (desired: Desired, person: Dbid) =>
    skillPairs(desired.users.get(person)?.skills ?? noSkillLevels).map(([skill]) => skill);
  for (const [dbid, user] of healthy.users) {
    if (refused.has('persons') || now.frozen.persons.has(dbid)) continue;
    const found = now.users.get(dbid);
    if (found === undefined) lost.push(`person ${dbid}`);
    else if (user.supervisor && !found.supervisor) lost.push(`supervisor ${dbid}`);
    else if (!refused.has('skills'))
      for (const skill of skillsOf(healthy, dbid))
        if (!skillsOf(now, dbid).includes(skill)) lost.push(`skill ${skill} of ${dbid}`);
  }
  if (!refused.has('skills'))
    for (const dbid of healthy.skills.keys())
      if (!now.skills.has(dbid) && !now.frozen.skills.has(dbid)) lost.push(`skill ${dbid}`);
  if (now.wrapupKnown)
    for (const dbid of healthy.wrapupCodes.keys())
      if (!now.wrapupCodes.has(dbid) && !now.frozen.wrapupCodes.has(dbid)) lost.push(`code ${dbid}`);
  if (refused.has('queues')) return lost;
  for (const [dbid, queue] of healthy.queues) {
    if (now.frozen.queues.has(dbid)) continue;
    const found = now.queues.get(dbid);
    if (found === undefined) lost.push(`queue ${dbid}`);
    else if (!found.keepMembers && !refused.has('persons'))
      for (const member of queue.members)
        if (!found.members.has(member) && !now.frozen.persons.has(member))
          lost.push(`member ${member} of ${dbid}`);
  }
  return lost;
}

const tables = Object.entries(centre()).filter(([, rows]) => rows.length > 0);
/** Columns that a condition of the server compares: what cannot be compared does not arrive. */
const compared = new Set(['tenant_dbid', 'group_type', 'object_type', 'enumerator_dbid']);
const comparedIn: Readonly<Record<string, readonly string[]>> = {
  cfg_dn: ['type', 'switch_dbid'],
  cfg_agent_group: ['group_dbid'],
  cfg_skill_level: ['person_dbid'],
  cfg_login_info: ['person_dbid'],
};
/** What stands in a text column of Engage: it can only be too long. */
const textual = new Set([
  'name',
  'first_name',
  'last_name',
  'user_name',
  'employee_id',
  'email_address',
  'number_',
  'prop_name',
  'prop_value',
  'display_name',
  'login_code',
]);

function spoiltCell(column: string): fc.Arbitrary<string | null> {
  if (textual.has(column)) return fc.constant(null);
  // Below 0 is no number of an object, but may be one of a level or a state.
  const negative = column.endsWith('dbid') ? ['-1'] : [];
  return fc.constantFrom('x', '', ' ', '1.5', '1e400', 'NaN', '\u0000', '9007199254740993', ...negative);
}

const places = tables.flatMap(([table, rows]) =>
  rows.flatMap((cells, row) =>
    Object.keys(cells)
      .filter((column) => !compared.has(column) && comparedIn[table]?.includes(column) !== true)
      .map((column) => ({ table: table as TableName, row, column })),
  ),
);

const spoilt = fc
  .constantFrom(...places)
  .chain((place) => spoiltCell(place.column).map((cell) => ({ ...place, cell })));

it('a cell that cannot be read takes nothing away, wherever it stands', async () => {
  const healthy = await read(centre());
  // Without anything to lose the property would say nothing.
  expect([healthy.users.size, healthy.queues.size, healthy.skills.size, healthy.wrapupCodes.size]).toEqual([
    3, 2, 2, 2,
  ]);
  expect([...healthy.queues.values()].map(({ members }) => members.size)).toEqual([2, 2]);
  expect(healthy.conflicts).toEqual([]);
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(spoilt, { minLength: 1, maxLength: 3 }), async (cells) => {
      const rows: Rows = centre();
      for (const { table, row, column, cell } of cells) {
        const spoiled = rows[table]?.[row];
        if (spoiled !== undefined) spoiled[column] = cell;
      }
      try {
        expect(takenAway(healthy, await read(rows))).toEqual([]);
      } catch (error) {
        if (!(error instanceof ExecError)) throw error;
        refused++;
      }
    }),
    { numRuns: 1500 },
  );
  // A whole read is refused for few of them: the tenant, its switches.
  expect(refused).toBeLessThan(600);
});
