/** Reads agent groups: their members, and from their annex the link to a queue and the script. */
import { asId, type Dbid } from '@exec/common/ids';
import type { Annex } from './annex.ts';
import { findOption } from './annex.ts';
import { enabled, type ReadContext } from './read-context.ts';
import { type EngageGroup, objectType } from './snapshot.ts';

interface GroupRow {
  readonly dbid: Dbid;
  readonly name: string;
  readonly enabled: boolean;
}

/** `group_type` of agent groups: the one kind that has agents as members, else the number of the object type. */
export async function agentGroupType(
  context: ReadContext,
  rows: (sql: string) => Promise<readonly (readonly (string | null)[])[]>,
  configured: number | undefined,
): Promise<number> {
  if (configured !== undefined) return configured;
  const { select } = context;
  const found = await rows(
    `SELECT DISTINCT ${select.column('cfg_group', 'group_type', 'g')} FROM ${select.from('cfg_group', 'g')} ` +
      `JOIN ${select.from('cfg_agent_group', 'a')} ON ${select.column('cfg_agent_group', 'group_dbid', 'a')} = ` +
      `${select.column('cfg_group', 'dbid', 'g')}`,
  );
  const [only] = found;
  return found.length === 1 && only?.[0] != null ? Number(only[0]) : objectType.agentGroup;
}

export async function readGroups(
  context: ReadContext,
  type: number,
  annexes: ReadonlyMap<number, Annex>,
): Promise<EngageGroup[]> {
  const { scanner, select, tenant, unreadable } = context;
  const t = 'cfg_group';
  const groups: GroupRow[] = [];
  // Their annexes were read before: what a missing row of theirs said is not known.
  const brokenAnnexes = new Set(unreadable.all.group.objects.keys());
  const ofKind = `${select.column(t, 'tenant_dbid')} = $1 AND ${select.column(t, 'group_type')} = $2`;
  await scanner.scan(
    t,
    {
      columns: [select.number(t, 'dbid'), select.text(t, 'name'), select.number(t, 'state')],
      from: `${select.from(t)} WHERE ${ofKind}`,
      values: [tenant, type],
    },
    { kind: 'group', column: 0 },
    (cells) =>
      groups.push({
        dbid: asId<Dbid>(cells.id(0)),
        name: cells.text(1),
        enabled: cells.number(2) === enabled,
      }),
  );
  const members = new Map<number, Dbid[]>();
  const m = 'cfg_agent_group';
  await scanner.scan(
    m,
    {
      columns: [select.number(m, 'group_dbid'), select.number(m, 'agent_dbid')],
      from:
        `${select.from(m)} WHERE ${select.column(m, 'group_dbid')} IN ` +
        `(SELECT ${select.column(t, 'dbid', 'g')} FROM ${select.from(t, 'g')} WHERE ` +
        `${select.column(t, 'tenant_dbid', 'g')} = $1 AND ${select.column(t, 'group_type', 'g')} = $2)`,
      values: [tenant, type],
    },
    { kind: 'group', column: 0 },
    (cells) => {
      const group = cells.id(0);
      const agent = asId<Dbid>(cells.id(1));
      const known = members.get(group);
      if (known === undefined) members.set(group, [agent]);
      else known.push(agent);
    },
  );
  const broken = unreadable.all.group.objects;
  const read = new Set<number>(groups.map((group) => group.dbid));
  for (const dbid of broken.keys())
    if (!read.has(dbid)) groups.push({ dbid: asId<Dbid>(dbid), name: '', enabled: true });
  return groups
    .sort((a, b) => a.dbid - b.dbid)
    .map((group) => {
      const annex = annexes.get(group.dbid);
      const link = annex && findOption(annex, 'hybrid', 'WFM_queue_number')?.option;
      const script = annex && findOption(annex, 'virtual', 'script')?.option;
      const why =
        broken.get(group.dbid) ??
        (link?.tooLong || script?.tooLong
          ? 'An option of its annex is longer than what is read.'
          : undefined);
      const queueLink = link?.value.trim();
      const text = script?.value.trim();
      return {
        ...group,
        members: members.get(group.dbid) ?? [],
        ...(queueLink ? { queueLink } : {}),
        ...(text ? { script: text } : {}),
        ...(why === undefined
          ? {}
          : { unreadable: { why, linkUnknown: link?.tooLong ?? brokenAnnexes.has(group.dbid) } }),
      };
    });
}
