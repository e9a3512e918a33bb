/** Links to the SIP Servers: what comes, how late, how disordered, and switch-overs. */
import type { ListedFault } from './listed-fault.ts';

export const sipServer: readonly ListedFault[] = [
  {
    fault: 'A burst of calls comes faster than the three connections of a site keep step',
    sees: 'some ends are told when the slower connection has caught up',
    lost: 'nothing',
    test: {
      file: 'packages/excp/src/bursts.test.ts',
      title: 'lose no leg, each burst after the last is accepted',
    },
  },
  {
    fault: 'One connection to a SIP Server is up to two seconds behind the others',
    sees: 'what depends on it is told that much later, with its own times',
    lost: 'nothing',
    test: {
      file: 'packages/excp/src/bursts.test.ts',
      title: 'lose no leg while one connection after the other is up to two seconds late',
    },
  },
  {
    fault: 'The clock of a SIP Server is put forward or back, or one event comes from the future',
    sees: 'nothing; connections are asked instead of trusted',
    lost: 'nothing',
    test: {
      file: 'packages/excp/src/events/connection-clocks.test.ts',
      title: 'of one event from the future does not switch waiting off',
    },
  },
  {
    fault:
      'The clock of the SIP Servers is put forward while an instance of EXCP starts and the other one is seconds behind',
    sees: 'nothing',
    lost: 'nothing; put back in that moment, steps of calls that go on may come in another order, or be left out',
    test: {
      file: 'packages/excp/src/conversation/newcomer.test.ts',
      title: "nor does it when the SIP Servers' clock is put forward meanwhile",
    },
  },
  {
    fault: 'The SIP Server pair changes roles, both servers stay up',
    sees: 'the links are down for some seconds; a gap is listed',
    lost: 'what happened in the gap; no conversation is split',
    alarm: 'ConversationGap',
    test: {
      file: 'packages/excp/src/switch-over.test.ts',
      title: 'one conversation per call, also with a consultation',
    },
  },
  {
    fault: 'A server does not replay its calls (`ResyncReliable: 0`)',
    sees: 'nothing is ended that it does not name',
    lost: 'ends that nobody told of come when the call has lasted too long',
    test: {
      file: 'packages/excp/src/registry/main-call.test.ts',
      title: 'ends no call and no party that it does not name',
    },
  },
  {
    fault: 'A peer sends cut, doubled, unknown, extreme or disordered frames',
    sees: 'they are counted; a bad line closes that connection, which is opened again',
    lost: "that peer's own bad frames",
    alarm: 'LinkProtocolErrors',
    test: {
      file: 'packages/excp/src/intake/rude-peer.test.ts',
      title:
        'any sequence of frames, cut, doubled, out of order, unknown or extreme, stops no other connection and throws nothing',
    },
  },
  {
    fault: 'One call whose times are microseconds instead of seconds, past the checks of the link',
    sees: 'an entry in `/api/v1/quarantine` and in `pnpm excp quarantine list`, one line in the log, `excp_quarantined_total`',
    lost: 'that call: what was sent of it ends with System; no other',
    alarm: 'QuarantineEntries',
    test: {
      file: 'packages/excp/src/quarantine.test.ts',
      title: 'is set aside, whichever of two EXCP processes; all other calls are told',
    },
  },
  {
    fault: 'Frames that no SIP Server sends, with extreme but valid values, in any order',
    sees: '`excp_unexpected_events_total` counts what did not fit',
    lost: 'nothing of any other call',
    test: {
      file: 'packages/excp/src/any-input.test.ts',
      title:
        'any frame that the wire takes, in any order, never makes the model fail and never touches another call',
    },
  },
  {
    fault: 'The end of a call is never told',
    sees: 'after `MAX_CALL_HOURS` its conversation ends with System; `excp_force_ended_total`',
    lost: 'nothing',
    alarm: 'ConversationsForceEnded',
    test: {
      file: 'packages/excp/src/processor/model.test.ts',
      title: 'one of more than MAX_CALL_HOURS is closed with System, however much is told of it',
    },
  },
  {
    fault: 'More calls are open than EXCP keeps (20,000)',
    sees: 'a line in the log for each, `excp_shed_conversations_total`',
    lost: 'the newest calls, whole',
    alarm: 'ConversationsShed',
    test: {
      file: 'packages/excp/src/processor/model.test.ts',
      title: 'beyond the most that may be open the newest calls are left out whole, and counted',
    },
  },
  {
    fault: 'The times of a call are microseconds instead of seconds, or its ID is longer than 255 characters',
    sees: 'the frames are refused and counted (`exec_engage_link_dropped_frames_total`), one warning; other calls go on',
    lost: 'that call',
    alarm: 'LinkFramesRefused',
    test: {
      file: 'packages/engage-link/src/sip-server-client.test.ts',
      title: 'is refused at the wire and counted; the connection stays, and so do the other calls',
    },
  },
  {
    fault: 'Few but very long events fill the stream of received events (96 MiB)',
    sees: '`excp_stream_bytes`; beyond it a line in the log and `excp_shed_conversations_total` for each call',
    lost: 'the newest calls, whole; calls that are known go on',
    alarm: 'ConversationsShed',
    test: {
      file: 'packages/excp/src/intake/claimer.test.ts',
      title:
        'are bounded in bytes too: new calls go, then events wait, and what is processed makes room again',
    },
  },
  {
    fault: 'A release that counts no bytes of the stream works beside this one, or worked before it',
    sees: 'nothing: the count puts itself right',
    lost: 'nothing',
    test: {
      file: 'packages/excp/src/intake/claimer.test.ts',
      title: 'put the count of bytes right where a release that counts none added or deleted',
    },
  },
  {
    fault:
      'A mute button, hold, retrieve or attached data comes late: while the end of its leg is held back, after it, or when the agent has the next call',
    sees: '`excp_unexpected_events_total` counts what could not be told',
    lost: 'what comes when the end of its leg was sent; it never falls on another leg',
    test: {
      file: 'packages/excp/src/conversation/late.test.ts',
      title: '$title',
    },
  },
  {
    fault:
      'The bridge before a SIP Server restarts under calls: new connections, a fresh snapshot, sequence numbers from 1',
    sees: '`sip-server:…` in `/health/ready` for a moment, and a gap',
    lost: 'what happens while it is away; of what goes on nothing, and nothing is told twice',
    alarm: 'ConversationGap',
    test: {
      file: 'packages/excp/src/bridge-restart.test.ts',
      title: 'is noticed, and nothing is lost or told twice',
    },
  },
  {
    fault: 'The link to a SIP Server is usable before EXCP has read the mapping',
    sees: '`sip-server:…` in `/health/ready` until every address of the mapping is registered',
    lost: 'nothing: who upgrades stops the other instance only then',
    test: {
      file: 'packages/excp/src/intake/registrations.test.ts',
      title:
        'are not complete before it is known what there is to register, however early the link is usable',
    },
  },
];
