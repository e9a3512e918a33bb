/** Draws changes of agent groups. */

import type { Random } from '../../random.ts';
import { drawExpression } from '../generate/scripts.ts';
import { type DrawnKinds, only } from './drawn.ts';
import type { GroupMutation } from './mutation.ts';
import type { Survey } from './survey.ts';

export const drawnGroups: DrawnKinds<GroupMutation['kind']> = {
  'group.create': {
    weight: 2,
    draw: (now, random) => ({
      kind: 'group.create',
      tenant: now.tenant,
      name: `New Group ${now.centre.numbering.next('group')}`,
      link: drawLink(now, random),
      members: random.sample(now.agents, 4).map((agent) => agent.dbid),
    }),
  },
  'group.delete': {
    weight: 1,
    draw: ({ listedGroups }, random) =>
      only(listedGroups.length > 1, () => ({ kind: 'group.delete', group: random.pick(listedGroups).dbid })),
  },
  'group.add-member': {
    weight: 8,
    draw: ({ listedGroups, agents }, random) =>
      only(listedGroups.length > 0, () => ({
        kind: 'group.add-member',
        group: random.pick(listedGroups).dbid,
        person: random.pick(agents).dbid,
      })),
  },
  'group.remove-member': {
    weight: 6,
    draw: ({ listedGroups, centre }, random) => {
      const groups = new Set(listedGroups.map((group) => group.dbid));
      const rows = [...centre.store.rows('cfg_agent_group')].filter((row) => groups.has(row.group_dbid));
      return only(rows.length > 0, () => {
        const { group_dbid, agent_dbid } = random.pick(rows);
        return { kind: 'group.remove-member', group: group_dbid, person: agent_dbid };
      });
    },
  },
  'group.link': {
    weight: 2,
    draw: (now, random) => {
      const groups = [...now.listedGroups, ...now.virtualGroups, ...now.unlinkedGroups];
      return only(groups.length > 0, () => ({
        kind: 'group.link',
        group: random.pick(groups).dbid,
        link: drawLink(now, random),
      }));
    },
  },
  'group.unlink': {
    weight: 1,
    draw: ({ listedGroups }, random) =>
      only(listedGroups.length > 1, () => ({ kind: 'group.unlink', group: random.pick(listedGroups).dbid })),
  },
  'group.set-script': {
    weight: 3,
    draw: ({ virtualGroups, listedGroups, skills, centre }, random) => {
      const groups = [...virtualGroups, ...listedGroups];
      const names = skills.map((skill) => skill.name.trim());
      return only(groups.length > 0, () => ({
        kind: 'group.set-script',
        group: random.pick(groups).dbid,
        script: drawExpression(random, names, centre.options.levelMax),
      }));
    },
  },
  'group.drop-script': {
    weight: 1,
    draw: ({ virtualGroups }, random) =>
      only(virtualGroups.length > 0, () => ({
        kind: 'group.drop-script',
        group: random.pick(virtualGroups).dbid,
      })),
  },
};

/** The number with its switch, the bare number or the alias of a queue; the latter two may fit several, or none soon. */
function drawLink({ queues, switches }: Survey, random: Random): string {
  const queue = random.pick(queues);
  const number = queue.number_.trim();
  const site = switches.find((row) => row.dbid === queue.switch_dbid)?.name.trim() ?? '';
  const alias = queue.name?.trim() ?? '';
  return random.pick([`${number}@${site}`, `${number}@${site}`, number, ...(alias === '' ? [] : [alias])]);
}
