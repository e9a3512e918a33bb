/** Every look-up of the ID map. */
import { describe, expect, it } from 'vitest';
import { asId, type CloudSkillId, type CloudWrapupCodeId, type Dbid, type EmployeeId } from '../ids.ts';
import { agentMapping, dnEntry, queueMapping } from './content.fixture.ts';
import { emptyContent } from './content.ts';
import { IdMap } from './id-map.ts';

const employee = (id: string) => asId<EmployeeId>(id);
const dbid = (id: number) => asId<Dbid>(id);

const skill = (name: string, id: number) => ({ name, dbid: dbid(id), id: asId<CloudSkillId>(`skill-${id}`) });
const code = (name: string, id: number, displayName?: string) => ({
  name,
  ...(displayName === undefined ? {} : { displayName }),
  dbid: dbid(id),
  id: asId<CloudWrapupCodeId>(`code-${id}`),
});

const map = new IdMap(7, {
  ...emptyContent,
  agents: [
    agentMapping(1, { logins: [{ switch: 'sw1', code: '100' }] }),
    agentMapping(2, {
      logins: [
        { switch: 'sw2', code: '100' },
        { switch: 'sw1', code: '200' },
      ],
    }),
  ],
  queues: [
    queueMapping(11, { switch: 'sw1', number: '9001' }),
    queueMapping(12, { switch: 'sw2', number: '9001' }),
  ],
  skills: [skill('English', 21), skill('Straße', 22), skill('english', 23)],
  wrapupCodes: [code('SALE', 31, 'Sold it'), code('Sold IT', 32), code('lost', 33, 'Lost')],
  dns: [dnEntry('sw1', '7001'), dnEntry('sw2', '7001'), dnEntry('sw1', '7002')],
});

describe('IdMap', () => {
  it('finds agents by employee ID, and by login code on one switch', () => {
    expect(map.agent(employee('E2'))?.dbid).toBe(2);
    expect(map.agent(employee('e2'))).toBeUndefined();
    expect(map.login('sw1', '100')?.dbid).toBe(1);
    expect(map.login('sw2', '100')?.dbid).toBe(2);
    expect(map.login('sw1', '200')?.dbid).toBe(2);
    expect(map.login('sw3', '100')).toBeUndefined();
  });

  it('finds queues by number on one switch', () => {
    expect(map.queue('sw2', '9001')?.dbid).toBe(12);
    expect(map.queue('sw1', '9002')).toBeUndefined();
  });

  it('finds skills in any case; of two the first', () => {
    expect(map.skill('ENGLISH')?.dbid).toBe(21);
    expect(map.skill(' straße ')?.dbid).toBe(22);
    expect(map.skill('French')).toBeUndefined();
  });

  it('finds wrap-up codes by name or display name in any case, names first', () => {
    expect(map.wrapupCode('sale')?.dbid).toBe(31);
    expect(map.wrapupCode('sold it')?.dbid).toBe(32);
    expect(map.wrapupCode('LOST')?.dbid).toBe(33);
  });

  it('lists DNs of one switch or of all', () => {
    expect(map.dns('sw1').map((dn) => dn.number)).toEqual(['7001', '7002']);
    expect(map.dns('sw3')).toEqual([]);
    expect(map.dns()).toHaveLength(3);
  });

  it('is not misled by names that objects have by themselves', () => {
    for (const name of ['__proto__', 'constructor', 'toString', '']) {
      expect(map.agent(employee(name))).toBeUndefined();
      expect(map.skill(name)).toBeUndefined();
      expect(map.queue(name, name)).toBeUndefined();
      expect(map.dns(name)).toEqual([]);
    }
  });

  it('does not confuse parts of a key', () => {
    const ambiguous = new IdMap(1, {
      ...emptyContent,
      queues: [queueMapping(1, { switch: 'a', number: 'b@c' })],
    });
    expect(ambiguous.queue('a@b', 'c')).toBeUndefined();
    expect(ambiguous.queue('a', 'b@c')?.dbid).toBe(1);
  });
});
