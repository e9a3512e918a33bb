/** Lists where a fake organisation differs from what Engage calls for, after changes by hand on both sides. */
import type { Expectation, ExpectedQueue } from '@exec/simulators/config-db';
import type { FakeGenesysCloud } from '@exec/simulators/genesys-cloud';
import type { HandMade } from './cloud-edits.ts';
import { cloudView, expectedView, type View } from './comparison.ts';

export interface AgreementOptions {
  readonly tenant: number;
  readonly hand: HandMade;
  /** E-mail addresses of users that stay as they are although no person is mapped to them. */
  readonly frozen: ReadonlySet<string>;
}

interface UserView {
  readonly skills: Readonly<Record<string, number>>;
}

interface QueueView {
  readonly peerId: string;
  readonly members: readonly string[];
  readonly codes: readonly string[];
}

/** Empty when both agree. What was added by hand may stay, but need not: Engage may have come to want it too. */
export function disagreements(
  cloud: FakeGenesysCloud,
  expected: Expectation,
  options: AgreementOptions,
): string[] {
  const wanted = expectedView(expected, options.tenant);
  const found = cloudView(cloud, wanted);
  const faults: string[] = [];
  const differ = (what: string, want: unknown, has: unknown) => {
    if (JSON.stringify(want) !== JSON.stringify(has))
      faults.push(`${what}: wanted ${JSON.stringify(want)}, found ${JSON.stringify(has)}`);
  };
  // A skill cannot be renamed: one that comes back in another case keeps the name it has.
  const folded = (names: readonly string[]) => names.map((name) => name.toLowerCase()).sort();
  const all = cloudView(cloud).skills;
  differ(
    'skills',
    folded(wanted.skills),
    folded(all).filter((name) => folded(wanted.skills).includes(name)),
  );
  differ('wrap-up codes', wanted.wrapupCodes, found.wrapupCodes);
  compareUsers(cloud, wanted, found, options, differ);
  const held = cloudView(cloud).queues as Record<string, QueueView>;
  for (const queue of expected.queues) {
    const want = wanted.queues[queue.name] as QueueView;
    const name = heldName(queue, want, held);
    const has = held[name];
    if (has === undefined) {
      faults.push(`queue ${queue.name} is missing`);
      continue;
    }
    differ(`peer of ${name}`, want.peerId, has.peerId);
    const extra = has.members.filter((member) => !want.members.includes(member));
    const allowed = extra.filter(
      (member) =>
        queue.keepsMembers || options.frozen.has(member) || isByHand(cloud, options.hand, name, member),
    );
    differ(`members of ${name}`, want.members, without(has.members, allowed));
    const handCodes = [...options.hand.codes].map((id) => cloud.state.wrapupCodes.get(id)?.name ?? id);
    const foreign = has.codes.filter((code) => handCodes.includes(code) && !want.codes.includes(code));
    differ(`codes of ${name}`, want.codes, without(has.codes, foreign));
  }
  return faults;
}

function compareUsers(
  cloud: FakeGenesysCloud,
  wanted: View,
  found: View,
  { hand, frozen }: AgreementOptions,
  differ: (what: string, want: unknown, has: unknown) => void,
): void {
  const handSkills = new Set([...hand.skills].map((id) => cloud.state.skills.get(id)?.name));
  const names = new Set([...Object.keys(wanted.users), ...Object.keys(found.users)]);
  for (const email of names) {
    const want = wanted.users[email] as UserView | undefined;
    const has = found.users[email] as UserView | undefined;
    if (want === undefined && frozen.has(email)) continue;
    const sorted = (user: UserView | undefined, leaveOut: boolean) =>
      user && {
        ...user,
        skills: Object.entries(user.skills)
          .filter(([name]) => !leaveOut || !handSkills.has(name) || want?.skills[name] !== undefined)
          .map(([name, proficiency]) => [name.toLowerCase(), proficiency] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      };
    differ(`user ${email}`, sorted(want, false), sorted(has, true));
  }
}

/**
 * A queue that is gone from Engage stays under its name. Another one that comes to be called so has `@<switch>` behind
 * its name as long as that is so.
 */
function heldName(queue: ExpectedQueue, want: QueueView, held: Readonly<Record<string, QueueView>>): string {
  if (held[queue.name]?.peerId === want.peerId) return queue.name;
  return queue.name.endsWith(`@${queue.switch}`) ? queue.name : `${queue.name}@${queue.switch}`;
}

function isByHand(cloud: FakeGenesysCloud, hand: HandMade, queueName: string, email: string): boolean {
  const queue = cloud.state.queues.byName(queueName);
  const user = cloud.state.users.byEmail(email);
  return hand.members.has(`${queue?.id} ${user?.id}`);
}

function without(list: readonly string[], left: readonly string[]): string[] {
  return list.filter((item) => !left.includes(item));
}
