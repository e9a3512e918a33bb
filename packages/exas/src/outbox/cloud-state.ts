/** What the events need to know of the EX organisation: our Source and the IDs of the presences. */
import type { CloudSourceId } from '@exec/common/ids';
import type { PresenceName } from '../state/table.ts';

export interface CloudIdentity {
  readonly sourceId: CloudSourceId;
  /** Looked up in the organisation, never assumed. */
  readonly presenceIds: ReadonlyMap<PresenceName, string>;
}
