/** Orders changes of unique names so that each name is free when it is taken. */
import { foldCase } from '../desired/names.ts';

export interface Rename<K> {
  readonly key: K;
  readonly from: string;
  readonly to: string;
  /** Taken when `to` cannot be had now. */
  readonly fallback?: string | undefined;
}

export interface OrderedRenames<K> {
  /** In the order in which they must be carried out; `to` may be the fallback. */
  readonly ordered: readonly { readonly key: K; readonly to: string }[];
  /** The name is held by something that does not move, or by a ring without a way out. */
  readonly blocked: readonly Rename<K>[];
}

/**
 * @rule A name is taken only after its holder has given it up; a ring goes round by a fallback name.
 * @test renames.test.ts: of a ring go round by a fallback
 * @test renames.test.ts: never take a name that is held at that moment, and none is forgotten
 * @param heldElsewhere whether a name is held by an object that is not among `renames`
 */
export function orderRenames<K>(
  renames: readonly Rename<K>[],
  heldElsewhere: (name: string) => boolean,
): OrderedRenames<K> {
  const holders = new Map<string, K>();
  for (const { key, from } of renames) holders.set(foldCase(from), key);
  const ordered: { key: K; to: string }[] = [];
  const blocked: Rename<K>[] = [];
  const isFree = (name: string, key: K) => {
    const holder = holders.get(foldCase(name));
    return (holder === undefined || holder === key) && !heldElsewhere(name);
  };
  const take = (rename: Rename<K>, to: string) => {
    if (holders.get(foldCase(rename.from)) === rename.key) holders.delete(foldCase(rename.from));
    holders.set(foldCase(to), rename.key);
    if (to !== rename.from) ordered.push({ key: rename.key, to });
  };
  let waiting = [...renames];
  while (waiting.length > 0) {
    const still: Rename<K>[] = [];
    for (const rename of waiting) {
      if (isFree(rename.to, rename.key)) take(rename, rename.to);
      else still.push(rename);
    }
    if (still.length < waiting.length) {
      waiting = still;
      continue;
    }
    // A ring: the first takes its fallback name, which may free the others.
    const [first, ...rest] = still;
    if (first === undefined) break;
    if (first.fallback !== undefined && isFree(first.fallback, first.key)) take(first, first.fallback);
    else blocked.push(first);
    waiting = rest;
  }
  return { ordered, blocked };
}
