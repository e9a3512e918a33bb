/** The checks of a SIP Server, in the order in which one leads to the next. */
import type { ServerAddress } from '@exec/engage-link';
import type { Answer, Probe, SeenFrame } from '@exec/engage-link/probe';
import type { Frame } from '@exec/engage-link/wire';
import type { SipCheck } from './checks.ts';
import type { Context } from './context.ts';
import { formFaults, printable, timeFault } from './form.ts';
import { startMonitoring } from './monitoring.ts';
import { another, checkAlive, checkOpening, ended, errorCodeOf } from './opening.ts';
import { AgentOrder, CallOrder, listOf, type OrderJudge, QueueOrder, textOf } from './order.ts';
import { register, snapshotNames } from './registration.ts';
import { count, Rows } from './rows.ts';
import { sameContent } from './same-content.ts';
import { Tally } from './tally.ts';
import {
  type Playing,
  playedOut,
  type Stories,
  signs,
  type TestCallName,
  talkedCall,
  testCalls,
} from './test-calls.ts';

export interface SipTarget {
  readonly address: ServerAddress;
  readonly extensions: readonly string[];
  readonly queues: readonly string[];
}

/** A number that no switch has. */
const nobodysNumber = '0000000000';

interface Lines {
  readonly calls: Probe;
  /** A second client that monitors. */
  readonly twin: Probe;
  readonly queues: Probe;
  readonly extensions: Probe;
}

export class SipSide {
  readonly rows = new Rows<SipCheck>('sip');
  readonly #context: Context;
  readonly #target: SipTarget;
  readonly #probes: Probe[] = [];
  #lines: Lines | undefined;
  #reliable = true;
  /** Where in what the twin received its monitoring ended. */
  #stoppedAt: number | undefined;
  /** Why what was not checked could not be. */
  #why = 'what it needs was not reached';

  constructor(context: Context, target: SipTarget) {
    this.#context = context;
    this.#target = target;
  }

  get why(): string {
    return this.#why;
  }

  /** Everything that needs no call. */
  async begin(): Promise<void> {
    const opened = await checkOpening(this.rows, this.#context, this.#target.address);
    if (opened === undefined) {
      this.#why = 'the link does not open';
      return;
    }
    const { probe, answer } = opened;
    this.#probes.push(probe);
    if (answer.ServerRole === 'Backup') {
      await this.#refusesAsBackup(probe);
      this.#why = 'it is the backup';
      await checkAlive(this.rows, this.#context, this.#target.address, probe);
      return;
    }
    if (!(await this.#usable(probe))) {
      this.#why = 'it is not usable';
      return;
    }
    await this.#query(probe, answer.ServerRole);
    await checkAlive(this.rows, this.#context, this.#target.address, probe);
    await this.#watch(probe);
  }

  /** Whether test calls can be seen. */
  get watches(): boolean {
    return this.#lines !== undefined;
  }

  async testCall(name: Exclude<TestCallName, 'state'>): Promise<void> {
    const lines = this.#lines;
    if (lines === undefined) return;
    const call = testCalls[name];
    const { extensions, queues } = this.#target;
    if (call.needsQueue && queues.length === 0) return this.rows.add(name, 'skip', 'no queue was named');
    if (extensions.length < call.needsExtensions)
      return this.rows.add(name, 'skip', `${count(call.needsExtensions, 'extension')} must be named`);
    const stories = storiesFrom(lines);
    const wanted = signs[name](queues.length > 0);
    const playing = this.#context.calls.begin(call);
    if (name === 'call') await this.#whileLive(lines, stories, playing);
    const allSeen = this.#until(lines, () => wanted.every(({ seen }) => seen(stories())));
    const { clock, limits } = this.#context;
    const played = await playedOut(playing, allSeen, { clock, graceMs: limits.answer });
    const missing = wanted.filter(({ seen }) => !seen(stories())).map(({ what }) => what);
    if (missing.length === 0) this.rows.add(name, 'pass', wanted.map(({ what }) => what).join(', '));
    else if (played.kind === 'skipped') this.rows.add(name, 'skip', played.why);
    else {
      const why = played.kind === 'failed' ? ` (${played.why})` : '';
      this.rows.add(name, 'fail', `not seen: ${missing.join(', ')}${why}`);
    }
  }

  /** Compares what two clients were told, then ends the monitoring of one of them. */
  async compareAndStop(): Promise<void> {
    const lines = this.#lines;
    if (lines === undefined) return;
    const { calls, twin } = lines;
    const same = await sameContent(calls, twin, this.#context.limits.answer);
    if (same.compared === 0) this.rows.add('same-content', 'skip', 'no call was told');
    else if (same.difference !== undefined) this.rows.add('same-content', 'fail', same.difference);
    else this.rows.add('same-content', 'pass', `${count(same.compared, 'event')} of calls`);
    const answer = await twin.ask('RequestStopCallMonitoring', {}, this.#context.limits.answer);
    if (answer.kind !== 'frame') this.rows.add('stop', 'fail', ended(answer));
    else if (answer.frame.message !== 'EventACK')
      this.rows.add('stop', 'fail', `is answered with ${printable(answer.frame.message)}`);
    else this.rows.add('stop', 'pass', 'EventACK');
    this.#stoppedAt = twin.seen.length;
  }

  /** What is judged of everything that came. */
  async conclude(): Promise<void> {
    const lines = this.#lines;
    if (lines !== undefined) {
      // What is still on its way belongs to what is judged.
      await lines.calls.ended(this.#context.limits.quiet);
      const late = lines.twin.seen.slice(this.#stoppedAt ?? lines.twin.seen.length).filter(isOfCall);
      if (late.length > 0)
        this.rows.add('stop', 'fail', `${count(late.length, 'event')} of calls after EventACK`);
      this.#judgeOrder(lines);
    }
    this.#judgeFrames();
    for (const probe of this.#probes) probe.close();
  }

  async #usable(probe: Probe): Promise<boolean> {
    const { limits } = this.#context;
    const linked = await probe.until(({ frame }) => frame.message === 'EventLinkConnected', limits.answer);
    if (linked.kind === 'frame') {
      this.rows.add('usable', 'pass', 'EventLinkConnected');
      return true;
    }
    const refused = await probe.ask('RequestStartCallMonitoring', {}, limits.answer);
    const how = refused.kind === 'frame' ? printable(refused.frame.message) : ended(refused);
    this.rows.add('usable', 'fail', `no EventLinkConnected; a request meanwhile: ${how}`);
    return false;
  }

  async #refusesAsBackup(probe: Probe): Promise<void> {
    const answer = await probe.ask('RequestStartCallMonitoring', {}, this.#context.limits.answer);
    if (answer.kind !== 'frame') this.rows.add('usable', 'fail', ended(answer));
    else if (answer.frame.message === 'EventError')
      this.rows.add('usable', 'pass', `as the backup it refuses requests${errorCodeOf(answer.frame)}`);
    else
      this.rows.add(
        'usable',
        'fail',
        `as the backup it answers a request with ${printable(answer.frame.message)}`,
      );
  }

  async #query(probe: Probe, role: string): Promise<void> {
    const { limits } = this.#context;
    const fault = (answer: Answer): string | undefined => {
      if (answer.kind !== 'frame') return ended(answer);
      const { message, attributes } = answer.frame;
      if (message !== 'EventServerInfo') return `is answered with ${printable(message)}`;
      if (attributes.ServerRole !== role)
        return `says ${printable(String(attributes.ServerRole))} after it opened as ${role}`;
      if (attributes.LinkConnected !== true && attributes.LinkConnected !== 1)
        return 'says that it has no link to its switch after EventLinkConnected';
      return undefined;
    };
    const answer = await probe.ask('RequestQueryServer', {}, limits.answer);
    const wrong = fault(answer);
    const version = answer.kind === 'frame' ? textOf(answer.frame.attributes.ServerVersion) : undefined;
    if (wrong === undefined)
      this.rows.add(
        'query',
        version === undefined ? 'warn' : 'pass',
        `version ${printable(version ?? 'not told')}`,
      );
    else this.rows.add('query', 'fail', wrong);
    if (wrong?.includes('after it opened') === true)
      this.rows.add('role', 'fail', `RequestQueryServer ${wrong}`);
    const unknownQuery = await probe.ask('RequestQueryServer', { WhatNobodyKnows: { a: 1 } }, limits.answer);
    const queryFault =
      unknownQuery.kind === 'frame' && unknownQuery.frame.message === 'EventServerInfo'
        ? undefined
        : 'is not answered';
    this.rows.add(
      'unknown-attribute',
      queryFault === undefined ? 'pass' : 'fail',
      queryFault ?? 'EventServerInfo',
    );
  }

  /** Opens the connections of a consumer, and a second one that monitors. */
  async #watch(calls: Probe): Promise<void> {
    const { address } = this.#target;
    const more: Probe[] = [];
    for (let index = 0; index < 3; index++) {
      const probe = await another(this.#context, address, 'sip');
      if (typeof probe === 'string') {
        this.rows.add('register', 'fail', probe);
        this.#why = 'it takes too few connections';
        return;
      }
      this.#probes.push(probe);
      more.push(probe);
    }
    const [twin, queues, extensions] = more as [Probe, Probe, Probe];
    await this.#register(queues, extensions);
    const resync = await startMonitoring(calls, this.#context.limits);
    if ('fault' in resync) {
      this.rows.add('resync', 'fail', resync.fault);
      this.#why = 'monitoring does not start';
      return;
    }
    this.#reliable = resync.reliable;
    const said = `${count(resync.named.size, 'live call')} between Resync and ResyncDone`;
    if (resync.reliable) this.rows.add('resync', 'pass', said);
    else this.rows.add('resync', 'warn', `${said}; ResyncReliable 0: it may not name all of them`);
    const second = await startMonitoring(twin, this.#context.limits);
    if ('fault' in second) this.rows.add('resync', 'fail', `a second client: ${second.fault}`);
    this.#lines = { calls, twin, queues, extensions };
  }

  async #register(queues: Probe, extensions: Probe): Promise<void> {
    const { limits } = this.#context;
    const nobody = await register(extensions, nobodysNumber, 'DN', limits);
    if (nobody.kind === 'refused') this.rows.add('register-nobody', 'pass', `EventError${nobody.code}`);
    else if (nobody.kind === 'registered')
      this.rows.add('register-nobody', 'pass', 'EventRegistered: the switch takes any number');
    else this.rows.add('register-nobody', 'fail', nobody.why);
    const tally = new Tally();
    let registered = 0;
    const wanted = [
      ...this.#target.extensions.map((dn) => ({ dn, probe: extensions, type: 'DN' as const })),
      ...this.#target.queues.map((dn) => ({ dn, probe: queues, type: 'Queue' as const })),
    ];
    for (const { dn, probe, type } of wanted) {
      const answer = await register(probe, dn, type, limits);
      if (answer.kind === 'registered') {
        registered += 1;
        for (const fault of answer.faults) tally.add(fault.kind === 'wrong' ? 'fail' : 'warn', fault.what);
      } else tally.add('fail', answer.kind === 'refused' ? `refused${answer.code}` : answer.why);
    }
    if (wanted.length === 0) this.rows.add('register', 'skip', 'no extension and no queue was named');
    else
      this.rows.add(
        'register',
        tally.worst,
        tally.text ?? `${count(registered, 'address')} and a snapshot of each`,
      );
    const first = wanted[0];
    if (first === undefined) return;
    const left = await first.probe.ask('RequestUnregisterAddress', { ThisDN: first.dn }, limits.answer);
    if (left.kind !== 'frame') this.rows.add('unregister', 'fail', ended(left));
    else if (left.frame.message !== 'EventUnregistered' || left.frame.attributes.ThisDN !== first.dn)
      this.rows.add(
        'unregister',
        'fail',
        `is answered with ${printable(left.frame.message)} for another address`,
      );
    else this.rows.add('unregister', 'pass', 'EventUnregistered');
    await register(first.probe, first.dn, first.type, limits);
  }

  /** What can be looked at only while somebody talks. */
  async #whileLive(lines: Lines, stories: () => Stories, playing: Playing): Promise<void> {
    const talked = this.#until(lines, () => talkedCall(stories().calls) !== undefined);
    await Promise.race([talked, playing.over.then(({ kind }) => (kind === 'done' ? talked : undefined))]);
    const call = talkedCall(stories().calls);
    if (call !== undefined) await this.#lookAt(lines, call);
    playing.goOn('The call is seen. Now hold it, take it back, and hang up.');
  }

  async #lookAt(lines: Lines, call: string): Promise<void> {
    const probe = await another(this.#context, this.#target.address, 'sip');
    if (typeof probe === 'string') return this.rows.add('resync-live', 'fail', probe);
    this.#probes.push(probe);
    const snapshots: Frame[] = [];
    for (const dn of this.#target.extensions) {
      const answer = await register(probe, dn, 'DN', this.#context.limits);
      if (answer.kind === 'registered') snapshots.push(answer.frame);
    }
    const resync = await startMonitoring(probe, this.#context.limits);
    const frames = lines.calls.seen
      .map(({ frame }) => frame)
      .filter((frame) => frame.attributes.CallUUID === call);
    if (frames.some(({ message }) => message === 'EventCallDeleted')) {
      this.rows.add('resync-live', 'skip', 'the call ended too soon');
      this.rows.add('snapshot-live', 'skip', 'the call ended too soon');
    } else {
      if ('fault' in resync) this.rows.add('resync-live', 'fail', resync.fault);
      else if (resync.named.has(call))
        this.rows.add('resync-live', 'pass', 'the live call, with its parties');
      else if (resync.reliable) this.rows.add('resync-live', 'fail', 'the live call is not named');
      else
        this.rows.add(
          'resync-live',
          'warn',
          'the live call is not named, and the server says so (ResyncReliable 0)',
        );
      this.#judgeSnapshots(frames, snapshots, call);
    }
    // A client that went away must not matter to the others.
    probe.close();
  }

  #judgeSnapshots(frames: readonly Frame[], snapshots: readonly Frame[], call: string): void {
    const at = frames
      .filter(({ message }) => message === 'EventCallPartyAdded')
      .map(({ attributes }) => attributes.DN);
    const there = snapshots.filter(({ attributes }) => at.includes(attributes.ThisDN));
    const connId = frames.map(({ attributes }) => textOf(attributes.ConnID)).find((id) => id !== undefined);
    if (there.length === 0)
      this.rows.add('snapshot-live', 'skip', 'the call is at none of the extensions that were named');
    else if (there.some((frame) => snapshotNames(frame, call, connId)))
      this.rows.add('snapshot-live', 'pass', 'the live call');
    else this.rows.add('snapshot-live', 'fail', 'the live call is not in the snapshot of its extension');
  }

  /** Looked at with each frame; resolves to whether it came true within the time of a test call. */
  async #until(lines: Lines, holds: () => boolean): Promise<boolean> {
    const { call } = this.#context.limits;
    const look = () => holds();
    if (holds()) return true;
    const waits = [lines.calls, lines.queues, lines.extensions].map((probe) =>
      probe.until(look, call, probe.seen.length),
    );
    await Promise.race(waits);
    return holds();
  }

  #judgeOrder({ calls, twin, queues, extensions }: Lines): void {
    const tally = new Tally();
    const judged = (probe: Probe, judge: OrderJudge) => {
      for (const { frame } of probe.seen) {
        const fault = judge.take(frame);
        if (fault !== undefined) tally.add('fail', fault);
      }
    };
    judged(calls, new CallOrder(() => !this.#reliable));
    judged(twin, new CallOrder(() => !this.#reliable));
    judged(queues, new QueueOrder());
    judged(extensions, new AgentOrder());
    const events = calls.seen.filter(isOfCall).length;
    if (events === 0) this.rows.add('order', 'skip', 'no call was told');
    else this.rows.add('order', tally.worst, tally.text ?? `${count(events, 'event')} of calls`);
  }

  #judgeFrames(): void {
    const form = new Tally();
    const times = new Tally();
    let timed = 0;
    let seen = 0;
    for (const probe of this.#probes) {
      for (const { frame, at } of probe.seen) {
        seen += 1;
        for (const { kind, what } of formFaults('sip', frame, at))
          form.add(kind === 'wrong' ? 'fail' : 'warn', what);
        const fault = timeFault(frame, at);
        if (fault !== undefined) times.add(fault.kind === 'wrong' ? 'fail' : 'warn', fault.what);
        if (frame.attributes.TimeinSecs !== undefined) timed += 1;
      }
      const { ending } = probe;
      if (ending !== undefined && ending.by !== 'us')
        form.add('fail', `a connection ended: ${ending.detail}`);
    }
    if (seen > 0) this.rows.add('form', form.worst, form.text ?? count(seen, 'frame'));
    if (timed > 0 || times.text !== undefined)
      this.rows.add('times', times.worst, times.text ?? count(timed, 'event'));
  }
}

function isOfCall({ frame }: SeenFrame): boolean {
  return frame.message.startsWith('EventCall') && listOf(frame.attributes).CallUUID !== undefined;
}

/** What is told from now on. */
function storiesFrom({ calls, queues, extensions }: Lines): () => Stories {
  const marks = { calls: calls.seen.length, queues: queues.seen.length, extensions: extensions.seen.length };
  const since = (probe: Probe, mark: number) => probe.seen.slice(mark).map(({ frame }) => frame);
  return () => ({
    calls: since(calls, marks.calls),
    queues: since(queues, marks.queues),
    extensions: since(extensions, marks.extensions),
  });
}
