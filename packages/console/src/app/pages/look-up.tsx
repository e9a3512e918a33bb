/** What stands for one object of Engage in the EX organisation. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useShared } from '../hooks.ts';
import { mappedText } from '../model/words.ts';
import { Facts } from '../parts/small.tsx';

interface Kind {
  readonly type: string;
  readonly title: string;
  readonly fields: readonly (readonly [name: string, label: string])[];
}

const kinds: readonly Kind[] = [
  { type: 'agent', title: 'Agent by employee ID', fields: [['employeeId', 'Employee ID']] },
  {
    type: 'login',
    title: 'Agent by login code',
    fields: [
      ['switch', 'Switch'],
      ['loginCode', 'Login code'],
    ],
  },
  {
    type: 'queue',
    title: 'Queue',
    fields: [
      ['switch', 'Switch'],
      ['number', 'Number'],
    ],
  },
  { type: 'skill', title: 'Skill', fields: [['name', 'Name']] },
  { type: 'wrapup', title: 'Wrap-up code', fields: [['name', 'Name']] },
];

type Found = Readonly<Record<string, unknown>> & { readonly id: string | null };

export function LookUpPage(): JSX.Element {
  const { client } = useShared();
  const [type, setType] = useState('agent');
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [found, setFound] = useState<Found | string>();
  const kind = kinds.find((one) => one.type === type) ?? kinds[0];
  const look = async () => {
    const key = {
      type,
      ...Object.fromEntries((kind?.fields ?? []).map(([name]) => [name, (values[name] ?? '').trim()])),
    };
    const answer = await client.send<{ readonly results: readonly Found[] }>('POST', '/mappings/resolve', {
      keys: [key],
    });
    if (answer.kind === 'answered') setFound(answer.value.results[0]);
    else
      setFound(
        answer.kind === 'refused'
          ? `${answer.fault.title} ${answer.fault.detail}`
          : 'The service does not answer.',
      );
  };
  return (
    <section class="card">
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <label>
          <span>Kind</span>
          <select
            value={type}
            onChange={(event) => {
              setType(event.currentTarget.value);
              setFound(undefined);
            }}
          >
            {kinds.map((one) => (
              <option key={one.type} value={one.type}>
                {one.title}
              </option>
            ))}
          </select>
        </label>
        {kind?.fields.map(([name, label]) => (
          <label key={name}>
            <span>{label}</span>
            <input
              required
              value={values[name] ?? ''}
              onInput={(event) => {
                const { value } = event.currentTarget;
                setValues((before) => ({ ...before, [name]: value }));
              }}
            />
          </label>
        ))}
        <button type="submit" class="primary">
          Look up
        </button>
      </form>
      <div role="status" data-state={found === undefined ? 'empty' : 'found'}>
        {typeof found === 'string' && <p class="banner bad">{found}</p>}
        {found === undefined && <p class="quiet">Names of skills and wrap-up codes are found in any case.</p>}
        {typeof found === 'object' &&
          (found.id === null ? (
            <p class="banner ask">It is not mapped: out of scope, in conflict, or not in Engage.</p>
          ) : (
            <Facts
              rows={Object.entries(found)
                .filter(([name]) => name !== 'key')
                .map(([name, value]) => [name, mappedText(value)] as const)}
            />
          ))}
      </div>
    </section>
  );
}
