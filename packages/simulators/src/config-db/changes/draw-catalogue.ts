/** Draws changes of skills, queues and wrap-up codes. */
import { languages, lines } from '../generate/words.ts';
import { type DrawnKinds, FEWEST, only } from './drawn.ts';
import { dnFolders, skillFolders } from './folders-of.ts';
import type { QueueMutation, SkillMutation, WrapupMutation } from './mutation.ts';

export const drawnCatalogue: DrawnKinds<
  SkillMutation['kind'] | QueueMutation['kind'] | WrapupMutation['kind']
> = {
  'skill.create': {
    weight: 2,
    draw: ({ centre, tenant }, random) => ({
      kind: 'skill.create',
      tenant,
      name: centre.numbering.word(`New_${random.pick(lines)}`),
      folder: random.pick(skillFolders(centre, tenant)),
    }),
  },
  'skill.rename': {
    weight: 1,
    draw: ({ centre, skills }, random) => ({
      kind: 'skill.rename',
      skill: random.pick(skills).dbid,
      name: centre.numbering.word(`Renamed_${random.pick(lines)}`),
    }),
  },
  'skill.disable': {
    weight: 1,
    draw: ({ skills }, random) =>
      only(skills.length > FEWEST.skills, () => ({ kind: 'skill.disable', skill: random.pick(skills).dbid })),
  },
  'skill.enable': {
    weight: 1,
    draw: ({ disabledSkills }, random) =>
      only(disabledSkills.length > 0, () => ({
        kind: 'skill.enable',
        skill: random.pick(disabledSkills).dbid,
      })),
  },
  'skill.delete': {
    weight: 1,
    draw: ({ skills }, random) =>
      only(skills.length > FEWEST.skills, () => ({ kind: 'skill.delete', skill: random.pick(skills).dbid })),
  },
  'skill.move': {
    weight: 1,
    draw: ({ skills, centre, tenant }, random) => ({
      kind: 'skill.move',
      skill: random.pick(skills).dbid,
      folder: random.pick(skillFolders(centre, tenant)),
    }),
  },
  'queue.create': {
    weight: 2,
    draw: ({ centre, switches }, random) => {
      const on = random.pick(switches).dbid;
      return {
        kind: 'queue.create',
        switch: on,
        number: `7${centre.numbering.next('queue', on)}`,
        alias: centre.numbering.word(`${random.pick(lines)}_${random.pick(languages)}`),
        folder: random.pick(dnFolders(centre, on)),
      };
    },
  },
  'queue.change-alias': {
    weight: 2,
    draw: ({ centre, queues }, random) => {
      const queue = random.pick(queues);
      const elsewhere = queues.filter(
        (row) => row.switch_dbid !== queue.switch_dbid && (row.name ?? '') !== '',
      );
      // Now and then a queue gets the alias that a queue on another switch has.
      const alias =
        elsewhere.length > 0 && random.chance(0.1)
          ? (random.pick(elsewhere).name ?? '')
          : centre.numbering.word(`${random.pick(lines)}_${random.pick(languages)}`);
      return { kind: 'queue.change-alias', queue: queue.dbid, alias };
    },
  },
  'queue.disable': {
    weight: 1,
    draw: ({ queues }, random) =>
      only(queues.length > FEWEST.queues, () => ({ kind: 'queue.disable', queue: random.pick(queues).dbid })),
  },
  'queue.enable': {
    weight: 1,
    draw: ({ disabledQueues }, random) =>
      only(disabledQueues.length > 0, () => ({
        kind: 'queue.enable',
        queue: random.pick(disabledQueues).dbid,
      })),
  },
  'queue.delete': {
    weight: 1,
    draw: ({ queues }, random) =>
      only(queues.length > FEWEST.queues, () => ({ kind: 'queue.delete', queue: random.pick(queues).dbid })),
  },
  'queue.move': {
    weight: 2,
    draw: ({ queues, centre }, random) => {
      const queue = random.pick(queues);
      return {
        kind: 'queue.move',
        queue: queue.dbid,
        folder: random.pick(dnFolders(centre, queue.switch_dbid)),
      };
    },
  },
  'wrapup.add': {
    weight: 1,
    draw: ({ attribute, centre }, random) =>
      attribute === undefined
        ? undefined
        : {
            kind: 'wrapup.add',
            attribute,
            name: centre.numbering.word('new_code'),
            displayName: random.chance(0.5) ? centre.numbering.word('New code') : '',
          },
  },
  'wrapup.change-display-name': {
    weight: 1,
    draw: ({ values, centre }, random) =>
      only(values.length > 0, () => ({
        kind: 'wrapup.change-display-name',
        value: random.pick(values).dbid,
        displayName: centre.numbering.word('Other code'),
      })),
  },
  'wrapup.disable': {
    weight: 1,
    draw: ({ values }, random) =>
      only(values.length > FEWEST.values, () => ({
        kind: 'wrapup.disable',
        value: random.pick(values).dbid,
      })),
  },
  'wrapup.enable': {
    weight: 1,
    draw: ({ disabledValues }, random) =>
      only(disabledValues.length > 0, () => ({
        kind: 'wrapup.enable',
        value: random.pick(disabledValues).dbid,
      })),
  },
  'wrapup.delete': {
    weight: 1,
    draw: ({ values }, random) =>
      only(values.length > FEWEST.values, () => ({ kind: 'wrapup.delete', value: random.pick(values).dbid })),
  },
};
