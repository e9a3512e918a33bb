/** The words for a leg of a conversation. */

/** Names a leg within its conversation; made from the Engage IDs, so that it is the same on every instance. */
export type LegKey = string;

export type Disconnect =
  | 'Error'
  | 'Peer'
  | 'Self'
  | 'System'
  | 'Transfer'
  | 'TransferACD'
  | 'TransferConference'
  | 'TransferConsult'
  | 'TransferUser';

export type LegKind = 'external' | 'phone' | 'ivr' | 'queue' | 'user';
