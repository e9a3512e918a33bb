/** The store of what is ours, in memory: carries out the commands that Redis would, and shows what they left. */

import { ExecError } from '@exec/common/errors';
import { Formats } from '@exec/common/formats';
import type { LeaseToken } from '@exec/common/leadership';
import { KeySpace } from '@exec/common/redis';
import type { LedgerPort } from '../apply/ports.ts';
import { type Change, LedgerKeys } from '../organization/ledger-changes.ts';

export class MemoryLedger implements LedgerPort {
  readonly keys = new LedgerKeys(new KeySpace({ prefix: 'p', orgId: 'o', tenantId: 1 }), new Formats());
  /** Key → its fields; a plain value stands under the field ''. */
  readonly held = new Map<string, Map<string, string>>();

  async write(token: LeaseToken | undefined, changes: readonly Change[]): Promise<void> {
    if (token === undefined) throw new ExecError('lease.lost', 'not held');
    for (const [command, key, ...values] of changes) {
      const fields = this.held.get(key) ?? new Map<string, string>();
      const texts = values.map(String);
      if (command === 'DEL') fields.clear();
      else if (command === 'SET') fields.set('', texts[0] ?? '');
      else if (command === 'HDEL') for (const field of texts) fields.delete(field);
      // HSET has a field before its value, ZADD its score before the member.
      else for (let at = 0; at < texts.length; at += 2) fields.set(texts[at] ?? '', texts[at + 1] ?? '');
      this.held.set(key, fields);
    }
  }

  /** Fields of a hash; empty when there is none. */
  fields(...key: readonly string[]): Record<string, string> {
    return Object.fromEntries(this.held.get(this.keys.of(...key)) ?? []);
  }

  /** Records of a hash, by field. */
  records(...key: readonly string[]): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(this.fields(...key)).map(([field, text]) => [field, JSON.parse(text)]),
    );
  }
}
