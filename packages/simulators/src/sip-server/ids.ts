/** Identifiers as a SIP Server mints them, reproducible from a seed. */
import { createHash } from 'node:crypto';
import { asId, type CallUuid, type PartyUuid } from '@exec/common/ids';

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Distinct identifiers; the same seed gives the same sequence. */
export class IdSource {
  readonly #seed: string;
  #count = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** 32 characters A–Z and 0–9, unique on one server. */
  callUuid(): CallUuid {
    return asId<CallUuid>(this.#text('call', 32));
  }

  partyUuid(): PartyUuid {
    return asId<PartyUuid>(this.#text('party', 32));
  }

  /** 16 hexadecimal digits. */
  connId(): string {
    return this.#digest('conn').toString('hex').slice(0, 16);
  }

  /** Names one stay in a virtual queue. */
  vqId(): string {
    return this.#text('vq', 32);
  }

  #text(kind: string, length: number): string {
    const bytes = this.#digest(kind);
    let text = '';
    for (let index = 0; index < length; index++)
      text += letters[(bytes[index % bytes.length] ?? 0) % letters.length];
    return text;
  }

  #digest(kind: string): Buffer {
    this.#count += 1;
    return createHash('sha256').update(`${this.#seed}:${kind}:${this.#count}`).digest();
  }
}
