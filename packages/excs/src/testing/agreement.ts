/** Lists where a fake organisation differs from what Engage calls for, after changes by hand on both sides. */
import type { Expectation } from '@exec/simulators/config-db';
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
  differ('skills', wanted.skills, found.skills);
  differ('wrap-up codes', wanted.wrapupCodes, found.wrapupCodes);
  compareUsers(cloud, wanted, found, options, differ);
  const kept = new Set(expected.queues.filter((queue) => queue.keepsMembers).map((queue) => queue.name));
  for (const [name, want] of Object.entries(wanted.queues) as [string, QueueView][]) {
    const has = found.queues[name] as QueueView | undefined;
    if (has === undefined) {
      faults.push(`queue ${name} is missing`);
      continue;
    }
    differ(`peer of ${name}`, want.peerId, has.peerId);
    const extra = has.members.filter((member) => !want.members.includes(member));
    const allowed = extra.filter(
      (member) => kept.has(name) || options.frozen.has(member) || isByHand(cloud, options.hand, name, member),
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
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      };
    differ(`user ${email}`, sorted(want, false), sorted(has, true));
  }
}

function isByHand(cloud: FakeGenesysCloud, hand: HandMade, queueName: string, email: string): boolean {
  const queue = cloud.state.queues.byName(queueName);
  const user = cloud.state.users.byEmail(email);
  return hand.members.has(`${queue?.id} ${user?.id}`);
}

function without(list: readonly string[], left: readonly string[]): string[] {
  return list.filter((item) => !left.includes(item));
}
