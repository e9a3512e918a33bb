/** Draws changes of persons. */
import { drawName } from '../model/person-names.ts';
import { type DrawnKinds, FEWEST, of, only, someone } from './drawn.ts';
import { personFolders } from './folders-of.ts';
import type { PersonMutation } from './mutation.ts';

export const drawnPersons: DrawnKinds<PersonMutation['kind']> = {
  'person.hire': {
    weight: 6,
    draw: ({ centre, tenant, switches, skills }, random) => {
      const name = drawName(random);
      return {
        kind: 'person.hire',
        tenant,
        firstName: name.first,
        lastName: name.last,
        home: random.pick(switches).dbid,
        folder: random.pick(personFolders(centre, tenant)),
        levels: random
          .sample(skills, 3)
          .map((skill) => [skill.dbid, random.int(1, centre.options.levelMax)] as const),
      };
    },
  },
  'person.leave': {
    weight: 4,
    draw: ({ agents }, random) =>
      only(agents.length > FEWEST.agents, () => of('person.leave', random.pick(agents))),
  },
  'person.re-create': {
    weight: 2,
    draw: ({ agents }, random) => someone(agents, random, (person) => of('person.re-create', person)),
  },
  'person.rename': {
    weight: 3,
    draw: ({ agents }, random) =>
      someone(agents, random, (person) => ({
        ...of('person.rename', person),
        lastName: drawName(random).last,
      })),
  },
  'person.change-email': {
    weight: 2,
    draw: ({ agents, centre }, random) =>
      someone(agents, random, (person) => ({
        ...of('person.change-email', person),
        email: `${centre.numbering.word('new.address')}@${centre.options.emailDomain}`,
      })),
  },
  'person.disable': {
    weight: 3,
    draw: ({ agents }, random) =>
      only(agents.length > FEWEST.agents, () => of('person.disable', random.pick(agents))),
  },
  'person.enable': {
    weight: 3,
    draw: ({ disabledAgents }, random) =>
      someone(disabledAgents, random, (person) => of('person.enable', person)),
  },
  'person.promote': {
    weight: 2,
    draw: ({ agents }, random) => someone(agents, random, (person) => of('person.promote', person)),
  },
  'person.demote': {
    weight: 2,
    draw: ({ agents }, random) => someone(agents, random, (person) => of('person.demote', person)),
  },
  'person.move': {
    weight: 3,
    draw: ({ agents, centre, tenant }, random) =>
      someone(agents, random, (person) => ({
        ...of('person.move', person),
        folder: random.pick(personFolders(centre, tenant)),
      })),
  },
  'person.set-level': {
    weight: 12,
    draw: ({ agents, skills, centre }, random) =>
      someone(agents, random, (person) => ({
        ...of('person.set-level', person),
        skill: random.pick(skills).dbid,
        level: random.int(1, centre.options.levelMax),
      })),
  },
  'person.drop-skill': {
    weight: 6,
    draw: ({ agents, centre }, random) =>
      someone(agents, random, (person) => {
        const held = [...centre.store.rows('cfg_skill_level')].filter(
          (row) => row.person_dbid === person.dbid,
        );
        return only(held.length > 0, () => ({
          ...of('person.drop-skill', person),
          skill: random.pick(held).skill_dbid,
        }));
      }),
  },
  'person.add-login': {
    weight: 1,
    draw: ({ agents, switches }, random) =>
      someone(agents, random, (person) => ({
        ...of('person.add-login', person),
        switch: random.pick(switches).dbid,
      })),
  },
};
