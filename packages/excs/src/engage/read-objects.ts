/** Reads the objects of the tenant that stand alone: skills, switches, DNs, values of the business attribute. */
import { asId, type Dbid } from '@exec/common/ids';
import { enabled, type ReadContext } from './read-context.ts';
import {
  dnType,
  type EngageAttribute,
  type EngageAttributeValue,
  type EngageDn,
  type EngageSkill,
  type EngageSwitch,
} from './snapshot.ts';

export async function readSkills({ scanner, select, tenant }: ReadContext): Promise<EngageSkill[]> {
  const t = 'cfg_skill';
  const skills: EngageSkill[] = [];
  await scanner.scan(
    t,
    {
      columns: [select.number(t, 'dbid'), select.text(t, 'name'), select.number(t, 'state')],
      from: `${select.from(t)} WHERE ${select.column(t, 'tenant_dbid')} = $1`,
      values: [tenant],
    },
    { kind: 'skill', column: 0 },
    (cells) =>
      skills.push({
        dbid: asId<Dbid>(cells.id(0)),
        name: cells.text(1),
        enabled: cells.number(2) === enabled,
      }),
  );
  return skills;
}

export async function readSwitches({ scanner, select, tenant }: ReadContext): Promise<EngageSwitch[]> {
  const t = 'cfg_switch';
  const switches: EngageSwitch[] = [];
  await scanner.scan(
    t,
    {
      columns: [select.number(t, 'dbid'), select.text(t, 'name'), select.number(t, 'state')],
      from: `${select.from(t)} WHERE ${select.column(t, 'tenant_dbid')} = $1`,
      values: [tenant],
    },
    // Everything on a switch hangs on its row: without it the whole read means nothing.
    undefined,
    (cells) =>
      switches.push({
        dbid: asId<Dbid>(cells.id(0)),
        name: cells.text(1),
        enabled: cells.number(2) === enabled,
      }),
  );
  return switches;
}

/** Queues of the given types, and every Extension and ACD Position; the tenant of a DN is that of its switch. */
export async function readDns(context: ReadContext, queueTypes: readonly number[]): Promise<EngageDn[]> {
  const { scanner, select, tenant, previous } = context;
  const t = 'cfg_dn';
  const dns: EngageDn[] = [];
  const hasState = select.schema.hasColumn(t, 'state');
  await scanner.scan(
    t,
    {
      columns: [
        select.number(t, 'dbid'),
        select.number(t, 'switch_dbid'),
        select.text(t, 'number_'),
        select.text(t, 'name'),
        select.number(t, 'type'),
        select.number(t, 'state'),
      ],
      from:
        `${select.from(t)} WHERE ${select.column(t, 'type')} = ANY($2::int[]) AND ` +
        `${select.column(t, 'switch_dbid')} IN (SELECT ${select.column('cfg_switch', 'dbid', 's')} ` +
        `FROM ${select.from('cfg_switch', 's')} WHERE ${select.column('cfg_switch', 'tenant_dbid', 's')} = $1)`,
      values: [tenant, [...queueTypes, dnType.extension, dnType.acdPosition]],
    },
    { kind: 'queue', column: 0 },
    (cells) => {
      const dn = {
        dbid: asId<Dbid>(cells.id(0)),
        switchDbid: asId<Dbid>(cells.id(1)),
        number: cells.text(2),
        alias: cells.text(3),
        type: cells.number(4),
        enabled: !hasState || cells.number(5) === enabled,
      };
      const before = previous.dns.get(dn.dbid);
      dns.push(before !== undefined && isSameDn(dn, before) ? before : dn);
    },
  );
  return dns;
}

function isSameDn(a: EngageDn, b: EngageDn): boolean {
  return (
    a.switchDbid === b.switchDbid &&
    a.number === b.number &&
    a.alias === b.alias &&
    a.type === b.type &&
    a.enabled === b.enabled
  );
}

/** The business attribute of that name in the tenant, by name: each tenant has its own copy. */
export async function readAttribute(
  context: ReadContext,
  name: string,
): Promise<EngageAttribute | undefined> {
  const { scanner, select, tenant } = context;
  if (!select.schema.has('cfg_enumerator') || !select.schema.has('cfg_enumerator_value')) return undefined;
  const found: { dbid: Dbid; name: string }[] = [];
  await scanner.scan(
    'cfg_enumerator',
    {
      columns: [select.number('cfg_enumerator', 'dbid'), select.text('cfg_enumerator', 'name')],
      from: `${select.from('cfg_enumerator')} WHERE ${select.column('cfg_enumerator', 'tenant_dbid')} = $1`,
      values: [tenant],
    },
    { kind: 'attribute', column: 0 },
    (cells) => found.push({ dbid: asId<Dbid>(cells.id(0)), name: cells.text(1) }),
  );
  const wanted = found.filter((entry) => entry.name === name).sort((a, b) => a.dbid - b.dbid)[0];
  if (wanted === undefined) return undefined;
  const t = 'cfg_enumerator_value';
  const values: EngageAttributeValue[] = [];
  const hasState = select.schema.hasColumn(t, 'state');
  await scanner.scan(
    t,
    {
      columns: [
        select.number(t, 'dbid'),
        select.text(t, 'name'),
        select.text(t, 'display_name'),
        select.number(t, 'state'),
      ],
      from: `${select.from(t)} WHERE ${select.column(t, 'enumerator_dbid')} = $1`,
      values: [wanted.dbid],
    },
    { kind: 'wrapup-code', column: 0 },
    (cells) =>
      values.push({
        dbid: asId<Dbid>(cells.id(0)),
        name: cells.text(1),
        displayName: cells.text(2),
        enabled: !hasState || cells.number(3) === enabled,
      }),
  );
  return { ...wanted, values };
}
