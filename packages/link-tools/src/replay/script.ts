/** What a recording has to say, and when: from the lines of the file to what a server tells its clients. Pure. */
import type { Frame } from '@exec/engage-link/wire';
import { isResync, listOf, textOf } from '../conformance/order.ts';
import type { FrameLine, Recording } from '../record/recording.ts';
import { Times } from './times.ts';

/** One stretch in which the connections stood: what a client is told when it comes, then what happened. */
export interface Stretch {
  /** Milliseconds since the begin of the recording. */
  readonly openAt: number;
  lostAt: number | undefined;
  /** Answers to registrations by address. */
  readonly registered: Map<string, Frame>;
  readonly resync: Frame[];
  /** Extensions of the last EventACK. */
  resyncDone: Readonly<Record<string, unknown>>;
  /** First values by statistic. */
  readonly values: Map<string, Frame>;
  readonly events: RecordedEvent[];
}

export interface RecordedEvent {
  readonly at: number;
  readonly frame: Frame;
  /** Of a Stat Server: whose value it is. */
  readonly statistic?: string;
}

export interface Person {
  readonly employeeId: string;
  readonly loginCode: string;
  /** Where the agent was logged in. */
  readonly dn: string;
}

export interface Script {
  readonly switchName: string;
  /** Begin of the recording, milliseconds since 1970. */
  readonly startedAt: number;
  readonly sip: readonly Stretch[];
  readonly stat: readonly Stretch[];
  readonly times: Times;
}

export function scriptOf({ header, lines }: Recording): Script {
  const sip: Stretch[] = [];
  const stat: Stretch[] = [];
  const times = new Times();
  for (const line of lines) {
    if ('server' in line) {
      const stretches = line.server === 'sip' ? sip : stat;
      const last = stretches.at(-1);
      if (line.state === 'open') stretches.push(stretch(line.at));
      else if (last !== undefined) last.lostAt = line.at;
    } else if ('connection' in line) {
      const open = (line.connection === 'stat' ? stat : sip).at(-1);
      times.learn(line.frame);
      if (open?.lostAt !== undefined || open === undefined) continue;
      if (line.connection === 'stat') readStat(open, line);
      else readSip(open, line);
    }
  }
  return { switchName: header.switch, startedAt: header.startedAt, sip, stat, times: times.ordered() };
}

export function statisticKey(request: Frame['attributes']): string {
  const object = listOf(request.StatisticObject).ObjectId;
  return `${String(object)} ${String(listOf(request.StatisticMetric).Category)}`;
}

function stretch(openAt: number): Stretch {
  return {
    openAt,
    lostAt: undefined,
    registered: new Map(),
    resync: [],
    resyncDone: { ResyncDone: 1 },
    values: new Map(),
    events: [],
  };
}

const opening = new Set([
  'EventServerConnected',
  'EventLinkConnected',
  'EventServerInfo',
  'EventLinkDisconnected',
]);

function readSip(open: Stretch, { at, connection, frame, asked }: FrameLine): void {
  if (opening.has(frame.message) || frame.message === 'EventError') return;
  const extensions = listOf(frame.attributes.Extensions);
  if (frame.message === 'EventRegistered') {
    const dn = textOf(frame.attributes.ThisDN) ?? textOf(asked?.attributes.ThisDN);
    if (dn !== undefined) open.registered.set(dn, frame);
  } else if (frame.message === 'EventACK') {
    if (extensions.ResyncDone !== undefined) open.resyncDone = extensions;
  } else if (connection === 'calls' && isResync(frame.attributes)) open.resync.push(frame);
  else open.events.push({ at, frame });
}

function readStat(open: Stretch, { at, frame, asked }: FrameLine): void {
  if (frame.message !== 'EventInfo' || asked === undefined) return;
  const statistic = statisticKey(asked.attributes);
  if (open.values.has(statistic)) open.events.push({ at, frame, statistic });
  else open.values.set(statistic, frame);
}

/** Everybody and everything that the recording names, so that a mapping can be made for it. */
export function namesIn({ sip, stat }: Script, dispositionKey: string) {
  const people = new Map<string, Person>();
  const codes = new Set<string>();
  const extensions = new Set<string>();
  const queues = new Set<string>();
  const employees = new Set<string>();
  for (const { registered, resync, events, values } of [...sip, ...stat]) {
    for (const [dn, { attributes }] of registered) {
      const isExtension = listOf(attributes.Extensions).AgentStatus !== undefined;
      (isExtension ? extensions : queues).add(dn);
      const loginCode = textOf(attributes.AgentID);
      // Where no employee ID is told, the login code stands for it.
      if (loginCode !== undefined && !people.has(loginCode))
        people.set(loginCode, { loginCode, dn, employeeId: loginCode });
    }
    for (const frame of [...resync, ...events.map((event) => event.frame)]) {
      const { ThisDN, AgentID, Extensions, UserData } = frame.attributes;
      const [loginCode, dn] = [textOf(AgentID), textOf(ThisDN)];
      const employeeId = textOf(listOf(Extensions).EmployeeID);
      if (loginCode !== undefined && dn !== undefined && (employeeId !== undefined || !people.has(loginCode)))
        people.set(loginCode, { loginCode, dn, employeeId: employeeId ?? loginCode });
      const code = textOf(listOf(UserData)[dispositionKey]);
      if (code !== undefined) codes.add(code);
    }
    for (const statistic of values.keys()) employees.add(statistic.split(' ')[0] ?? '');
  }
  return {
    people: [...people.values()],
    codes: [...codes],
    extensions: [...extensions],
    queues: [...queues],
    employees: [...employees],
  };
}
