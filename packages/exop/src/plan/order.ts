/** In which order instances are started, so that no call is lost. */
import type { Part } from '../config/instance.ts';

export interface Orderable {
  readonly name: string;
  readonly service: Part;
  /** Whether it answers ready at this moment. */
  readonly ready: boolean;
}

/**
 * Stages that follow each other; what stands in one stage is started side by side. EXCS comes first, because the
 * others ask it. The two EXCP never restart together, and the one that is not ready goes first: the other
 * carries the calls meanwhile.
 */
export function stagesOf<T extends Orderable>(instances: readonly T[]): readonly (readonly T[])[] {
  const of = (service: Part): T[] => instances.filter((instance) => instance.service === service);
  const pair = of('excp').sort((a, b) => Number(a.ready) - Number(b.ready) || (a.name < b.name ? -1 : 1));
  const [first, ...rest] = pair;
  return [
    // One after another, so that one of a pair is always there; what connects to them is started after them.
    ...of('bridge').map((one) => [one]),
    of('excs'),
    [...of('exas'), ...(first === undefined ? [] : [first])],
    ...rest.map((one) => [one]),
  ].filter((stage) => stage.length > 0);
}
