/** Which objects are in scope at all. */
import { describe, expect, it } from 'vitest';
import { dnType, type EngageFolder, objectType } from '../engage/snapshot.ts';
import { nothingUnreadable } from '../engage/unreadable.ts';
import { folders, id, person, queue, rules, skill, snapshot } from '../testing/snapshot.ts';
import { desiredState } from './desired.ts';
import { folderPath } from './folders.ts';
import { scopeOf } from './scope.ts';

const dbids = (list: readonly { readonly dbid: number }[]) => list.map((object) => object.dbid);

describe('without a folder name every eligible object is mapped', () => {
  it('persons that are enabled and have Is Agent set', () => {
    const scope = scopeOf(
      snapshot({
        persons: [person(1), person(2, { enabled: false }), person(3, { isAgent: false }), person(4)],
      }),
      rules,
    );
    expect(dbids(scope.persons)).toEqual([1, 4]);
  });

  it('skills that are enabled', () => {
    const scope = scopeOf(snapshot({ skills: [skill(1, 'A'), skill(2, 'B', { enabled: false })] }), rules);
    expect(dbids(scope.skills)).toEqual([1]);
  });

  it('enabled DNs of the queue types, on enabled switches', () => {
    const dns = [
      queue(1),
      queue(2, { enabled: false }),
      queue(3, { type: dnType.acdQueue }),
      queue(4, { type: dnType.extension }),
      queue(5, { switchDbid: id(3) }),
    ];
    const switches = [
      { dbid: id(1), name: 'North', enabled: true },
      { dbid: id(3), name: 'Closed', enabled: false },
    ];
    expect(dbids(scopeOf(snapshot({ dns, switches }), rules).queues)).toEqual([1]);
    const more = { ...rules, queueTypes: [dnType.virtualQueue, dnType.acdQueue] };
    expect(dbids(scopeOf(snapshot({ dns, switches }), more).queues)).toEqual([1, 3]);
  });
});

describe('what cannot be read', () => {
  it('is out of scope and named, so that it is left as it is', () => {
    const unreadable = {
      ...nothingUnreadable,
      person: { objects: new Map([[1, 'odd']]), unknown: undefined },
    };
    const scope = scopeOf(snapshot({ persons: [person(1), person(2)], unreadable }), rules);
    expect(dbids(scope.persons)).toEqual([2]);
    expect([...scope.unreadable.persons]).toEqual([[1, 'odd']]);
    expect(scope.refused).toEqual([]);
  });

  it.each([
    ['person', 'persons'],
    ['skill', 'skills'],
    ['queue', 'queues'],
  ] as const)('and does not tell which %s it is refuses the read of the %s alone', (kind, refused) => {
    const unreadable = { ...nothingUnreadable, [kind]: { objects: new Map(), unknown: 'odd' } };
    const scope = scopeOf(snapshot({ persons: [person(1)], unreadable }), rules);
    expect(scope.refused.map((entry) => entry.kind)).toEqual([refused]);
  });
});

describe('with a folder name', () => {
  const withFolder = { ...rules, folder: 'EX_EVOLUTION' };
  const all = snapshot({
    persons: [person(1), person(2), person(3), person(4)],
    skills: [skill(11, 'A'), skill(12, 'B')],
    dns: [queue(21), queue(22, { switchDbid: id(2) }), queue(23)],
    folders: folders([
      { dbid: 50, name: 'Persons', type: objectType.person, holds: [4] },
      { dbid: 51, name: 'EX_EVOLUTION', type: objectType.person, parent: 50, holds: [1] },
      { dbid: 52, name: 'Sub', type: objectType.person, parent: 51, holds: [2] },
      { dbid: 53, name: 'Other', type: objectType.person, parent: 50, holds: [3] },
      { dbid: 60, name: 'Skills', type: objectType.skill, holds: [12] },
      { dbid: 61, name: 'EX_EVOLUTION', type: objectType.skill, parent: 60, holds: [11] },
      { dbid: 70, name: 'DNs', type: objectType.dn, switch: 1, holds: [23] },
      { dbid: 71, name: 'EX_EVOLUTION', type: objectType.dn, parent: 70, switch: 1, holds: [21] },
      { dbid: 80, name: 'DNs', type: objectType.dn, switch: 2 },
      { dbid: 81, name: 'EX_EVOLUTION', type: objectType.dn, parent: 80, switch: 2, holds: [22] },
    ]),
  });

  it('takes what lies in it at the root of each unit and under each switch, sub-folders included', () => {
    const scope = scopeOf(all, withFolder);
    expect(dbids(scope.persons)).toEqual([1, 2]);
    expect(dbids(scope.skills)).toEqual([11]);
    expect(dbids(scope.queues)).toEqual([21, 22]);
    expect(scope.refused).toEqual([]);
  });

  it('ignores a folder of that name deeper down', () => {
    const scope = scopeOf(
      snapshot({
        persons: [person(1), person(2)],
        folders: folders([
          { dbid: 50, name: 'Persons', type: objectType.person },
          { dbid: 51, name: 'EX_EVOLUTION', type: objectType.person, parent: 50, holds: [1] },
          { dbid: 53, name: 'Other', type: objectType.person, parent: 50 },
          { dbid: 54, name: 'EX_EVOLUTION', type: objectType.person, parent: 53, holds: [2] },
        ]),
      }),
      withFolder,
    );
    expect(dbids(scope.persons)).toEqual([1]);
  });

  it('keeps all agents as candidates of virtual groups', () => {
    expect(dbids(scopeOf(all, withFolder).agents)).toEqual([1, 2, 3, 4]);
  });

  it('refuses the read of a kind whose units have no such folder, and only of that kind', () => {
    const without = {
      ...all,
      folders: folders([
        { dbid: 51, name: 'EX_EVOLUTION', type: objectType.person, holds: [1] },
        { dbid: 60, name: 'Skills', type: objectType.skill, holds: [11] },
        { dbid: 71, name: 'EX_EVOLUTION', type: objectType.dn, switch: 1, holds: [21] },
      ]),
    };
    const scope = scopeOf(without, withFolder);
    expect(scope.refused.map(({ kind }) => kind)).toEqual(['skills']);
    expect(dbids(scope.persons)).toEqual([1]);
    expect(dbids(scope.queues)).toEqual([21]);
  });

  it('refuses every kind when the folders cannot be read', () => {
    const { folders: _none, ...blind } = all;
    expect(scopeOf(blind, withFolder).refused.map(({ kind }) => kind)).toEqual([
      'persons',
      'skills',
      'queues',
    ]);
  });

  it.each([
    ['its place in a folder', 'folder-item', 1, [1]],
    ['the folder above its own', 'folder', 51, [1, 2]],
  ] as const)('leaves an object as it is when %s cannot be read', (_what, kind, dbid, left) => {
    const unreadable = {
      ...nothingUnreadable,
      [kind]: { objects: new Map([[dbid, 'odd']]), unknown: undefined },
    };
    const known = all.folders;
    const items = new Map(known?.itemsOf);
    if (kind === 'folder-item')
      items.set(
        objectType.person,
        new Map([
          [2, 52],
          [3, 53],
          [4, 50],
        ]),
      );
    const rest = new Map(known?.folders);
    if (kind === 'folder') {
      rest.delete(dbid);
      // Another folder of the name, so that the kind is not refused as a whole.
      rest.set(99, { ...(known?.folders.get(51) as EngageFolder), dbid: id(99) });
    }
    const scope = scopeOf({ ...all, unreadable, folders: { folders: rest, itemsOf: items } }, withFolder);
    expect([...scope.unreadable.persons.keys()]).toEqual(left);
    expect(scope.refused).toEqual([]);
    expect(dbids(scope.queues)).toEqual([21, 22]);
  });

  it('does not hang on folders that contain each other', () => {
    const scope = scopeOf(
      snapshot({
        persons: [person(1)],
        folders: folders([
          { dbid: 50, name: 'A', type: objectType.person, parent: 51, holds: [1] },
          { dbid: 51, name: 'B', type: objectType.person, parent: 50 },
          { dbid: 52, name: 'EX_EVOLUTION', type: objectType.person },
        ]),
      }),
      withFolder,
    );
    expect(scope.persons).toEqual([]);
  });
});

describe('the path of an object', () => {
  const tree = folders([
    { dbid: 50, name: 'Persons', type: objectType.person },
    { dbid: 51, name: 'North', type: objectType.person, parent: 50, holds: [1] },
    { dbid: 52, name: 'Lost', type: objectType.person, parent: 99, holds: [2] },
    { dbid: 60, name: 'A', type: objectType.skill, parent: 61, holds: [3] },
    { dbid: 61, name: 'B', type: objectType.skill, parent: 60 },
  ]);

  it.each([
    ['goes from the top down', objectType.person, 1, ['Persons', 'North']],
    ['begins where a folder is missing', objectType.person, 2, ['Lost']],
    ['is empty for what lies in no folder', objectType.person, 3, []],
    ['ends when folders contain each other', objectType.skill, 3, ['B', 'A']],
  ])('%s', (_what, type, dbid, names) => {
    expect(folderPath(tree, type, dbid)).toEqual(names);
  });

  it('is empty without folders', () => {
    expect(folderPath(undefined, objectType.person, 1)).toEqual([]);
  });
});

describe('a row that cannot be read', () => {
  it.each([
    ['person', 'person', 'Persons', 'person.unreadable'],
    ['skill', 'skill', 'Skills', 'skill.unreadable'],
    ['queue', 'queue', 'DNs', 'queue.unreadable'],
    ['wrapup-code', 'wrapup-code', 'Business Attributes', 'wrapup.unreadable'],
  ] as const)('of %s is reported where it lies, and left as it is', (row, kind, unit, reason) => {
    const unreadable = {
      ...nothingUnreadable,
      [row]: { objects: new Map([[7, 'too long']]), unknown: undefined },
    };
    expect(desiredState(snapshot({ unreadable }), rules).conflicts).toEqual([
      {
        reason,
        object: { kind, dbid: 7, name: '', path: `/Resources/${unit}/(DBID 7)` },
        detail: 'A row cannot be read, so that it is left as it is: too long',
      },
    ]);
  });
});
