/** The fields of a queue that follow the DN, each under the name that the cloud has for it. */
import { FieldTable, type ValuesOf } from './fields.ts';

interface NamedDn {
  readonly name: string;
  readonly switch: string;
  readonly dn: { readonly number: string };
}

export const queueFields = new FieldTable({
  /** Unique in the organisation: changes of names are ordered, and one that is taken has a fallback. */
  name: { label: 'name', of: ({ name }: NamedDn) => name },
  peerId: {
    label: 'external number',
    of: ({ dn, switch: on }: NamedDn) => `${dn.number}@${on}`,
    show: (peerId) => `(${peerId})`,
  },
});

export type QueueValues = ValuesOf<typeof queueFields>;
