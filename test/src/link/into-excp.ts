/** A recording of a SIP Server told to EXCP before a fake cloud: which conversations come of it. */
import { systemClock } from '@exec/common/clock';
import { Formats } from '@exec/common/formats';
import { IdMapStore } from '@exec/common/id-map';
import {
  asId,
  type CloudQueueId,
  type CloudSourceId,
  type CloudUserId,
  type CloudWrapupCodeId,
  type Dbid,
  type EmployeeId,
} from '@exec/common/ids';
import type { ServerAddress } from '@exec/engage-link';
import { Stand } from '@exec/excp/testing';
import { namesIn, type Script } from '@exec/link-tools';

export const dispositionKey = 'DispositionCode';

export type Names = ReturnType<typeof namesIn>;

/** A site whose mapping knows everybody and everything that the recording names. */
export async function excpStand(o: {
  readonly script: Script;
  readonly server: ServerAddress;
  readonly redis: { readonly url: string; readonly prefix: string };
}): Promise<{ readonly stand: Stand; readonly names: Names; readonly codes: ReadonlyMap<string, string> }> {
  const { switchName } = o.script;
  const names = namesIn(o.script, dispositionKey);
  const stand = await Stand.start({
    redis: o.redis,
    production: {
      performances: [],
      agents: names.people.map((one) => ({ ...one, site: switchName, mapped: true })),
      queues: names.queues.map((number) => ({ number, site: switchName, mapped: true })),
      sites: [switchName, `${switchName} 2`],
    },
    engage: { switches: new Map(), addresses: new Map([[switchName, [o.server, o.server]]]) },
  });
  const codes = new Map(names.codes.map((name) => [name, stand.cloud.state.wrapupCodes.create({ name }).id]));
  await writeMapping(stand, names, codes, switchName);
  return { stand, names, codes };
}

async function writeMapping(
  stand: Stand,
  names: Names,
  codes: ReadonlyMap<string, string>,
  switchName: string,
): Promise<void> {
  const store = new IdMapStore({ redis: stand.redis, keys: stand.keySpace, formats: new Formats() });
  await store.write({
    agents: names.people.map(({ employeeId, loginCode }, index) => ({
      employeeId: asId<EmployeeId>(employeeId),
      dbid: asId<Dbid>(index + 1),
      userId: asId<CloudUserId>(stand.ids.user(employeeId)),
      email: `${employeeId}@contact.example`,
      state: 'active' as const,
      supervisor: false,
      logins: [{ switch: switchName, code: loginCode }],
    })),
    queues: names.queues.map((number, index) => ({
      switch: switchName,
      number,
      dbid: asId<Dbid>(index + 1),
      queueId: asId<CloudQueueId>(stand.ids.queue(number)),
      name: number,
    })),
    skills: [],
    wrapupCodes: [...codes].map(([name, id], index) => ({
      name,
      dbid: asId<Dbid>(index + 1),
      id: asId<CloudWrapupCodeId>(id),
    })),
    dns: names.extensions.map((number) => ({ switch: switchName, number, type: 'Extension' as const })),
    sourceId: asId<CloudSourceId>(stand.ids.source),
  });
}

/** Every conversation of the cloud, leg by leg, with seconds since the first of them. */
export function conversationsText(stand: Stand, names: Names, codes: ReadonlyMap<string, string>): string {
  const conversations = [...stand.cloud.state.conversations.all()];
  const begin = Math.min(...conversations.map(({ startedAt }) => startedAt));
  const seconds = (at: number) => ((at - begin) / 1000).toFixed(1);
  const userOf = new Map(names.people.map(({ employeeId }) => [stand.ids.user(employeeId), employeeId]));
  const queueOf = new Map(names.queues.map((number) => [stand.ids.queue(number), number]));
  const codeOf = new Map([...codes].map(([name, id]) => [id, name]));
  return conversations
    .map(({ legs, transfers, consultTransfers }) => {
      const lines = legs.map((leg) => {
        const who =
          leg.type === 'user'
            ? `user ${userOf.get(leg.userId ?? '') ?? '?'}`
            : leg.type === 'routing'
              ? `queue ${queueOf.get(leg.queueId ?? '') ?? '?'}`
              : leg.type;
        const story = [
          `${leg.alerting ? 'alerting' : 'there'} ${seconds(leg.establishedAt)}`,
          ...(leg.answeredAt === undefined ? [] : [`answered ${seconds(leg.answeredAt)}`]),
          ...leg.holds.map(({ held, at }) => `${held ? 'held' : 'retrieved'} ${seconds(at)}`),
          ...(leg.endedAt === undefined
            ? ['still there']
            : [`ended ${seconds(leg.endedAt)} (${leg.disconnectType})`]),
          ...leg.dispositions.map(({ code }) => `wrap-up code ${codeOf.get(code ?? '') ?? 'none'}`),
        ];
        return `  ${who}: ${story.join(', ')}`;
      });
      const moves = transfers.length + consultTransfers.length;
      return [
        `call ${legs[0]?.interactionId ?? '?'}${moves === 0 ? '' : `, transfers: ${moves}`}`,
        ...lines,
      ].join('\n');
    })
    .join('\n');
}

/** Resolves when the cloud has got nothing for a while: a disposition is waited for longest. */
export async function quiet(accepted: () => number, forMs: number): Promise<void> {
  let before = -1;
  let since = systemClock.monotonic();
  for (;;) {
    const now = accepted();
    if (now !== before) {
      before = now;
      since = systemClock.monotonic();
    } else if (systemClock.monotonic() - since >= forMs) return;
    await systemClock.sleep(100);
  }
}
