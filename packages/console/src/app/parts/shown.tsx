/** A page in each of its states: loading, refused, away, and with something to show. */
import type { ComponentChildren, JSX } from 'preact';
import { type Fault, lastValue, type Remote } from '../model/remote.ts';
import { timeText } from '../model/words.ts';

export function Shown<T>({
  remote,
  empty,
  children,
}: {
  readonly remote: Remote<T>;
  /** What is said when the value says that there is nothing. */
  readonly empty?: { readonly when: (value: T) => boolean; readonly text: string; readonly hint?: string };
  readonly children: (value: T) => ComponentChildren;
}): JSX.Element {
  const value = lastValue(remote);
  return (
    <>
      {remote.kind === 'away' && <Away since={remote.since} hasValue={value !== undefined} />}
      {remote.kind === 'refused' && <Refused fault={remote.fault} />}
      {remote.kind === 'loading' && (
        <p class="loading" role="status">
          Loading…
        </p>
      )}
      {value !== undefined &&
        (empty?.when(value) === true ? <Empty text={empty.text} hint={empty.hint} /> : children(value))}
    </>
  );
}

export function Empty({
  text,
  hint,
}: {
  readonly text: string;
  readonly hint?: string | undefined;
}): JSX.Element {
  return (
    <div class="empty">
      <p>{text}</p>
      {hint !== undefined && <p class="quiet">{hint}</p>}
    </div>
  );
}

function Away({ since, hasValue }: { readonly since: number; readonly hasValue: boolean }): JSX.Element {
  return (
    <p class="banner bad" role="alert" data-state="away">
      <strong>The service does not answer</strong> since {timeText(new Date(since).toISOString(), Date.now())}
      ; it is asked again by itself.{hasValue ? ' What is shown was true before.' : ''}
    </p>
  );
}

function Refused({ fault }: { readonly fault: Fault }): JSX.Element {
  return (
    <p
      class={fault.status === 404 || fault.status === 503 ? 'banner ask' : 'banner bad'}
      role="alert"
      data-state="refused"
    >
      <strong>{fault.title}</strong> {fault.detail} <code>{fault.code}</code>
    </p>
  );
}
