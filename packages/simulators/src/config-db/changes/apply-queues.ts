/** What changes of queues do to the rows. */
import type { ContactCentre } from '../contact-centre.ts';
import { placeIn } from '../model/folders.ts';
import { dnType, objectType, type State, state } from '../model/rows.ts';
import { addDn, removeDn } from '../model/telephony.ts';
import type { Changes, QueueMutation } from './mutation.ts';

export const queueChanges: Changes<QueueMutation['kind']> = {
  'queue.create': (centre, { switch: on, number, alias, folder }) => {
    const found = centre.store.find('cfg_switch', { dbid: on });
    if (found === undefined) throw new Error(`there is no switch ${on}`);
    addDn(centre, { switch: found, type: dnType.virtualQueue, number, alias, folder });
  },
  'queue.change-alias': (centre, { queue, alias }) =>
    centre.store.update('cfg_dn', { dbid: queue }, { name: alias }),
  'queue.disable': (centre, { queue }) => setQueueState(centre, queue, state.disabled),
  'queue.enable': (centre, { queue }) => setQueueState(centre, queue, state.enabled),
  'queue.delete': (centre, { queue }) => removeDn(centre, queue),
  'queue.move': (centre, { queue, folder }) => placeIn(centre, objectType.dn, queue, folder),
};

function setQueueState(centre: ContactCentre, queue: number, next: State): void {
  centre.store.update('cfg_dn', { dbid: queue }, { state: next });
}
