/** What is checked of a peer, and where the contract says so. The rows of a report keep this order. */

export type Server = 'sip' | 'stat';

export interface Check {
  readonly title: string;
  /** Page and part of the contract, below docs/reference. */
  readonly page: string;
}

const frames = 'engage-link.md#frames';
const opening = 'engage-link.md#opening-roles-keep-alive-loss';
const sipServer = 'engage-link.md#sip-server';
const statServer = 'engage-link.md#stat-server';
const flows = 'call-flows.md';

/** Of either kind of server. */
const common = {
  connect: { title: 'takes the connection, in TLS where the address says so', page: opening },
  opening: { title: 'answers the registration with version, role and start', page: opening },
  role: { title: 'names its role, and the one that is expected', page: opening },
} as const;

const alive = {
  'unknown-request': {
    title: 'answers a request that it does not know with EventError, and stays',
    page: frames,
  },
  'keep-alive': { title: 'answers KeepAliveRequest', page: opening },
  'bad-line': { title: 'closes the connection after a line that is no frame', page: frames },
} as const;

export const sipChecks = {
  ...common,
  usable: { title: 'says when it is usable; until then requests get EventError', page: opening },
  query: { title: 'answers RequestQueryServer in accordance with its role', page: sipServer },
  ...alive,
  'unknown-attribute': { title: 'takes a request with an attribute that it does not know', page: frames },
  register: { title: 'registers addresses and answers with their snapshots', page: sipServer },
  'register-nobody': {
    title: 'answers the registration of an address that does not exist, for it alone',
    page: sipServer,
  },
  unregister: { title: 'ends a registration', page: sipServer },
  resync: { title: 'starts monitoring: live calls between Resync and ResyncDone', page: sipServer },
  call: { title: 'tells a call: queue, answer, hold, retrieve, end', page: flows },
  'resync-live': { title: 'names a call that is live when monitoring starts', page: sipServer },
  'snapshot-live': { title: 'names a live call in the snapshot of its address', page: sipServer },
  abandon: { title: 'tells a caller who gives up in a queue', page: flows },
  consult: { title: 'tells a consultation and names its main call', page: flows },
  'same-content': { title: 'tells two clients the same, with the same times', page: frames },
  stop: { title: 'stops monitoring', page: sipServer },
  order: { title: 'keeps the order of events within a connection', page: flows },
  times: { title: 'gives every event the time of the server', page: frames },
  form: { title: 'sends only frames in the form of the contract', page: frames },
} as const satisfies Record<string, Check>;

export const statChecks = {
  ...common,
  ...alive,
  open: { title: 'opens both statistics of an agent and tells the value at once', page: statServer },
  'open-nobody': { title: 'answers for an agent who does not exist, for that one alone', page: statServer },
  change: { title: 'tells a change of state on both statistics', page: statServer },
  close: { title: 'closes a statistic and tells nothing more of it', page: statServer },
  times: { title: 'gives every state the time of its begin', page: frames },
  form: { title: 'sends only frames in the form of the contract', page: frames },
} as const satisfies Record<string, Check>;

export type SipCheck = keyof typeof sipChecks;
export type StatCheck = keyof typeof statChecks;

export const checksOf: Readonly<Record<Server, Readonly<Record<string, Check>>>> = {
  sip: sipChecks,
  stat: statChecks,
};

export const serverNames: Readonly<Record<Server, string>> = { sip: 'SIP Server', stat: 'Stat Server' };
