/** What a snapshot of queues says of a leg whose call has changed since it was taken. */
import { asId, type CallUuid } from '@exec/common/ids';
import { engageMicros, streamMs } from '@exec/common/instants';
import { expect, it } from 'vitest';
import { defaultSettings } from '../conversation/step-context.ts';
import { callOf, conversationOf, legOf } from '../testing/parts.ts';
import { ConversationIndex } from './conversation-index.ts';
import { queueDifferences } from './snapshot-diff.ts';

const uuid = (text: string) => asId<CallUuid>(text);

function absentFrom(calls: readonly CallUuid[]): number {
  const main = callOf();
  const { site } = main;
  const consultation = callOf({
    key: `${site}/consultation`,
    uuid: uuid('consultation'),
    endedAt: engageMicros(1),
  });
  const leg = legOf('queue', 'q', { site, dn: 'VQ', home: main.key });
  const index = new ConversationIndex(defaultSettings);
  index.keep(conversationOf({ key: main.key, calls: [main, consultation], legs: [leg] }));
  const item = {
    kind: 'queues-found',
    site,
    since: streamMs(leg.seen + 1),
    queues: [{ queue: 'VQ', calls }],
  } as const;
  return queueDifferences(index, item, engageMicros(5)).filter(
    ({ input }) => 'present' in input && !input.present,
  ).length;
}

it('a stay lasts that is named with the consultation which has ended into its call, and is over when nothing names it', () => {
  expect(absentFrom([uuid('consultation')])).toBe(0);
  expect(absentFrom([])).toBe(1);
});
