/** Bridges between Engage and the services. */
import type { ListedFault } from './listed-fault.ts';

const file = 'test/src/bridge/through/day.ts';

export const bridge: readonly ListedFault[] = [
  {
    fault: 'The bridges of one EXCP are killed and started again, the other EXCP has bridges of its own',
    sees: 'that EXCP is not ready until they are back',
    lost: 'nothing',
    alarm: 'BridgeDown',
    test: { file, title: 'one EXCP sees nothing while its bridges are killed, the other everything' },
  },
  {
    fault: 'All bridges before a SIP Server pair are killed and started again, or their servers change roles',
    sees: 'no EXCP is ready until they are back; a gap is listed',
    lost: 'what happened in the gap; no conversation is split',
    alarm: 'ConversationGap',
    test: { file, title: 'no call becomes two conversations' },
  },
  {
    fault: 'A client of a bridge reads nothing',
    sees: '`bridge_clients_dropped_total` and a line in the log of the bridge',
    lost: 'nothing: the bridge ends that connection, its server and the other clients go on',
    alarm: 'BridgeDropsClients',
    test: { file, title: 'a client that reads nothing loses its connection, nobody else' },
  },
  {
    fault: 'The bridges before the Stat Servers are killed and started again',
    sees: 'EXAS is not ready until they are back',
    lost: 'nothing that lasts: every last state is injected',
    alarm: 'BridgeDown',
    test: {
      file: 'test/src/bridge/through/agent-states.ts',
      title: 'the bridges killed and started again',
    },
  },
];
