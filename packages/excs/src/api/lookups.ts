/** The mapping that look-ups are answered from: in memory, whole, replaced at once. */
import { ExecError } from '@exec/common/errors';
import type { IdMap } from '@exec/common/id-map';

export class Lookups {
  #map: IdMap | undefined;
  #previous: IdMap | undefined;

  /** The newest mapping. @throws ExecError `service.unavailable` while there is none */
  get current(): IdMap {
    if (this.#map !== undefined) return this.#map;
    throw new ExecError(
      'service.unavailable',
      'No mapping is known yet: the first synchronisation has not begun.',
    );
  }

  get version(): number | undefined {
    return this.#map?.version;
  }

  set(map: IdMap): void {
    if (map.version === this.#map?.version) return;
    this.#previous = this.#map;
    this.#map = map;
  }

  /** The mapping of that version, if it is the newest or the one before: pages of one listing fit each other. */
  ofVersion(version: number): IdMap | undefined {
    return [this.#map, this.#previous].find((map) => map?.version === version);
  }
}
