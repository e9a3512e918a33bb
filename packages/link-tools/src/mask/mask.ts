/**
 * Takes numbers, names, identities and attached data out of frames. Each value becomes a token: the same value the same
 * token, wherever it stands, so that calls and agents can still be followed. Tokens come of a secret key.
 */
import { createHmac } from 'node:crypto';
import type { Frame } from '@exec/engage-link/wire';

/** Numbers, times and names of enumerations, which say nothing of anybody. */
const plain = new Set([
  ...['ReferenceID', 'StatisticId', 'ErrorCode', 'EventSequenceNumber', 'ServerStartTime'],
  ...['TimeinSecs', 'TimeinuSecs', 'Time', 'LinkConnected', 'ServerVersion', 'ProtocolVersion', 'ServerRole'],
  ...[
    'CallType',
    'PartyType',
    'PartyState',
    'PartyFlags',
    'Cause',
    'CallState',
    'AgentWorkMode',
    'Reliability',
  ],
  ...['AddressType', 'RegisterMode', 'ControlMode', 'Status', 'Action'],
  ...['Category', 'Subject', 'MainMask', 'Mode', 'ObjectType'],
]);
const plainExtension =
  /^(?:Resync|ResyncDone|ResyncReliable|LCTPartiesLength|LCTSupervisorsLength|AgentStatus|ps-\d+)$/;
/** Whatever else stands in a plain attribute is no enumeration and is masked, too. */
const plainText = /^(?:[A-Za-z_]\w{0,63}(?:\([\w .-]{0,64}\))?|\d[\d.]{0,40}|engage-link\/\d+|\*)$/;
const secrets = new Set(['ApplicationPassword', 'TenantPassword']);
/** A key is a name that somebody gave a field; one that could be more is masked. */
const plainKey = /^[\w .:@-]{1,64}$/;
/** Deeper than the contract lets anything be. */
const maxDepth = 40;

export class Masker {
  readonly #key: Uint8Array;

  /** @param key secret; with the same key the same values get the same tokens in another recording */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  frame({ message, attributes }: Frame): Frame {
    return {
      message: plainText.test(message) ? message : this.text(message),
      attributes: this.#attributes(attributes, 0),
    };
  }

  /** The token of a value. It keeps what the services look at: a number stays one, a ConnID keeps its 16 digits. */
  text(value: string): string {
    if (value === '') return '';
    const digest = createHmac('sha256', this.#key).update(value).digest();
    if (/^[0-9a-f]{16}$/i.test(value)) return digest.toString('hex').slice(0, 16);
    if (/^\+?\d+$/.test(value)) {
      const digits = String(100_000_000_000_000n + (digest.readBigUInt64BE() % 900_000_000_000_000n));
      return `${value.startsWith('+') ? '+' : ''}${digits}`;
    }
    return `t${digest.toString('hex').slice(0, 24)}`;
  }

  number(value: number): number {
    return createHmac('sha256', this.#key).update(String(value)).digest().readUInt32BE();
  }

  #attributes(attributes: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
    return this.#entries(attributes, (name, value) => {
      if (secrets.has(name)) return '[secret]';
      if (plain.has(name)) return this.#plain(value, depth + 1);
      if (name === 'Extensions' && isObject(value))
        return this.#entries(value, (key, one) =>
          plainExtension.test(key) ? this.#plain(one, depth + 1) : this.#any(one, depth + 1),
        );
      if (name === 'UserData' || name === 'Reasons') return this.#any(value, depth + 1);
      return this.#nested(value, depth + 1);
    });
  }

  /** Parts of a value have attributes with the same names. */
  #nested(value: unknown, depth: number): unknown {
    if (depth > maxDepth) return null;
    if (Array.isArray(value)) return value.map((one) => this.#nested(one, depth + 1));
    return isObject(value) ? this.#attributes(value, depth) : this.#any(value, depth);
  }

  #plain(value: unknown, depth: number): unknown {
    if (Array.isArray(value) && depth <= maxDepth) return value.map((one) => this.#plain(one, depth + 1));
    if (typeof value === 'string' && plainText.test(value)) return value;
    return typeof value === 'number' ? value : this.#any(value, depth);
  }

  #any(value: unknown, depth: number): unknown {
    if (depth > maxDepth) return null;
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.number(value);
    if (Array.isArray(value)) return value.map((one) => this.#any(one, depth + 1));
    return isObject(value) ? this.#entries(value, (_, one) => this.#any(one, depth + 1)) : value;
  }

  #entries(
    value: Readonly<Record<string, unknown>>,
    mask: (name: string, value: unknown) => unknown,
  ): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [
        plainKey.test(name) ? name : this.text(name),
        mask(name, one),
      ]),
    );
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
