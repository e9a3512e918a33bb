/** The kept secrets at each step of a rotation: old alone, new and old, new alone. */
import { Secret } from '@exec/common/config';
import type { KeptSecrets } from '../config/state-file.ts';

export type Rotated = 'token' | 'key';

/** A new one in front of each list; a list that has one already stays, so that a run that was cut short is continued. */
export function begun(kept: KeptSecrets, what: Rotated, fresh: () => string): KeptSecrets {
  return changed(kept, what, (list) => (list.includes(',') ? list : `${fresh()},${list}`));
}

/** The newest of each list alone. */
export function finished(kept: KeptSecrets, what: Rotated): KeptSecrets {
  return changed(kept, what, (list) => list.split(',')[0] ?? list);
}

export function isUnderWay(kept: KeptSecrets, what: Rotated): boolean {
  const lists = what === 'key' ? [kept.settingsKey] : [kept.apiToken, ...kept.readTokens.values()];
  return lists.some((list) => list.reveal().includes(','));
}

function changed(kept: KeptSecrets, what: Rotated, change: (list: string) => string): KeptSecrets {
  const one = (list: Secret): Secret => new Secret(change(list.reveal()));
  if (what === 'key') return { ...kept, settingsKey: one(kept.settingsKey) };
  return {
    ...kept,
    apiToken: one(kept.apiToken),
    readTokens: new Map([...kept.readTokens].map(([name, list]) => [name, one(list)])),
  };
}
