/** What changes of agent groups do to the rows. */
import {
  addGroup,
  addMember,
  dropScript,
  linkToQueue,
  removeGroup,
  setScript,
  unlink,
} from '../model/groups.ts';
import type { Changes, GroupMutation } from './mutation.ts';

export const groupChanges: Changes<GroupMutation['kind']> = {
  'group.create': (centre, { tenant, name, link, members }) => {
    const group = addGroup(centre, tenant, name);
    for (const member of members) addMember(centre, group.dbid, member);
    linkToQueue(centre, group.dbid, link);
  },
  'group.delete': (centre, { group }) => removeGroup(centre, group),
  'group.add-member': (centre, { group, person }) => addMember(centre, group, person),
  'group.remove-member': (centre, { group, person }) =>
    centre.store.remove('cfg_agent_group', { group_dbid: group, agent_dbid: person }),
  'group.link': (centre, { group, link }) => linkToQueue(centre, group, link),
  'group.unlink': (centre, { group }) => unlink(centre, group),
  'group.set-script': (centre, { group, script }) => setScript(centre, group, script),
  'group.drop-script': (centre, { group }) => dropScript(centre, group),
};
