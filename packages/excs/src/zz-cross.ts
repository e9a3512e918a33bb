import pg from 'pg';
import { startPostgres } from '@exec/testing/servers';
import * as db from '@exec/simulators/config-db';
import { ConfigDb } from './engage/config-db.ts';
import { discover } from './engage/discover.ts';
import { readSnapshot } from './engage/read-snapshot.ts';
import { parseSchemaMap } from './engage/schema-map.ts';
import { desiredState } from './desired/desired.ts';
import { Secret } from '@exec/common/config';
import { systemClock } from '@exec/common/clock';
import { isDeepStrictEqual } from 'node:util';
const p = await startPostgres();
const client = new pg.Client({ connectionString: p.url }); await client.connect();
let bad = 0, n = 0;
function diff(label: string, a: any, b: any) {
  if (isDeepStrictEqual(a, b)) return;
  bad++;
  if (bad > 6) return;
  console.log('DIFF', label);
  const A = new Map(a.map((x: any) => [x.dbid ?? JSON.stringify(x), x])), B = new Map(b.map((x: any) => [x.dbid ?? JSON.stringify(x), x]));
  let shown = 0;
  for (const k of new Set([...A.keys(), ...B.keys()])) if (!isDeepStrictEqual(A.get(k), B.get(k)) && shown++ < 2) console.log('  mine', JSON.stringify(A.get(k)), '\n  excs', JSON.stringify(B.get(k)));
}
async function compare(centre: db.ContactCentre, profile: db.SchemaProfile, schema: string, label: string) {
  const map = parseSchemaMap(JSON.stringify({ tables: db.schemaMap(profile) }));
  if ('problem' in map) throw new Error(map.problem);
  const cdb = new ConfigDb({ url: new Secret(p.url), clock: systemClock });
  for (const folder of profile === 'minimal' ? [undefined] : [undefined, 'EX_EVOLUTION']) for (const defaultEmailDomain of [undefined, 'fallback.example']) {
    const snapshot = await cdb.transaction(async (t) => {
      const found = await discover(t, schema, map.map);
      return await readSnapshot(t, found.schema, { tenant: centre.tenantDbid, queueTypes: [5], wrapupAttribute: 'DispositionCode', map: map.map });
    });
    const d = desiredState(snapshot, { folder, queueTypes: [5], defaultEmailDomain, skillLevelMax: 5, virtualGroups: map.map.virtualGroups });
    const e = db.expectation(centre, { profile, ...(folder ? { folder } : {}), ...(defaultEmailDomain ? { defaultEmailDomain } : {}) });
    const L = `${label} ${profile} ${folder ?? '-'} ${defaultEmailDomain ?? '-'}`;
    const by = (a: any, b: any) => a.dbid - b.dbid;
    const k = (l: any) => `${l.switch}/${l.code}`;
    const skillName = new Map([...d.skills.values()].map((s) => [s.dbid as number, s.name]));
    diff(L + ' skills', e.skills, [...d.skills.values()].map((s) => ({ dbid: s.dbid, name: s.name })).sort(by));
    diff(L + ' users', e.users, [...d.users.values()].map((u) => ({ dbid: u.dbid, employeeId: u.employeeId, name: u.name, email: u.email, supervisor: u.supervisor, skills: Array.from({ length: u.skills.length / 2 }, (_, i) => ({ name: skillName.get(u.skills[2 * i]!), proficiency: u.skills[2 * i + 1] })), logins: [...u.logins].sort((a, b) => (k(a) < k(b) ? -1 : 1)) })).sort(by));
    diff(L + ' queues', e.queues, [...d.queues.values()].map((q) => ({ dbid: q.dbid, switch: q.switch, number: q.number, name: q.name, members: [...q.members].sort((a, b) => a - b), keepsMembers: q.keepMembers })).sort(by));
    diff(L + ' wrapup', e.wrapupCodes, [...d.wrapupCodes.values()].map((w) => ({ dbid: w.dbid, name: w.name })).sort(by));
    const key = (x: any) => `${x.switch}/${x.number}/${x.type}`;
    diff(L + ' dns', e.numbers.map(key).sort(), d.dns.map(key).sort());
    diff(L + ' conflicts', e.conflicts.map((c) => `${c.reason} ${c.dbid}`).sort(), d.conflicts.filter((c) => c.reason !== 'wrapup.attribute-missing').map((c) => `${c.reason} ${c.object.dbid}`).sort());
    n++;
  }
  await cdb.close();
}
for (const profile of db.schemaProfiles) for (const seed of [1, 2, 3]) {
  const schema = `x_${profile}_${seed}`;
  const centre = db.generateContactCentre({ seed, agents: 60 + seed * 40, oddities: db.oddities, integration: { organizationId: 'o', baseServiceUrl: 'https://api.mypurecloud.com', clients: {} } });
  await db.createSchema(client, profile, schema); await db.load(client, centre, { profile, schema });
  await compare(centre, profile, schema, `seed${seed}`);
  const m = db.mutations(centre, { seed: seed * 7 });
  for (let i = 0; i < 12; i++) { for (let j = 0; j < 25; j++) await db.writeChanges(client, m.next().value.statements, { profile, schema }); await compare(centre, profile, schema, `seed${seed} after ${(i + 1) * 25}`); }
}
console.log('compared', n, 'differences', bad);
await client.end(); await p.stop();
