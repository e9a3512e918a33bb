/** One conversation as a time line of its legs, with the events that were sent, wait, or were refused. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Conversation, SentEvent } from '../api/answers.ts';
import { useNow, usePoll, useShared } from '../hooks.ts';
import type { Tone } from '../model/sync.ts';
import {
  eventText,
  type Handover,
  handoverWords,
  type Mark,
  markWords,
  type Row,
  type SpanKind,
  spanWords,
  type Timeline,
  timelineOf,
} from '../model/timeline.ts';
import { spanText, timeText } from '../model/words.ts';
import { Empty, Shown } from '../parts/shown.tsx';
import { Facts, Pill } from '../parts/small.tsx';
import { Table } from '../parts/table.tsx';

const tones: Readonly<Record<SentEvent['state'], Tone>> = {
  accepted: 'good',
  waiting: 'busy',
  refused: 'bad',
};

export function ConversationPage({ callUuid }: { readonly callUuid: string }): JSX.Element {
  const { session } = useShared();
  const [full, setFull] = useState(false);
  const path = `/conversations/${encodeURIComponent(callUuid)}?events=true${full ? '&numbers=full' : ''}`;
  const { remote } = usePoll<Conversation>(path, full ? 60_000 : 2_000);
  return (
    <>
      <p>
        <a href="#/conversations">All conversations</a>
      </p>
      <Shown remote={remote}>
        {(conversation) => (
          <>
            <About conversation={conversation} />
            <section class="card">
              <h2>Legs</h2>
              {conversation.legs.length === 0 ? (
                <Empty
                  text="Nobody has taken part yet."
                  hint="A conversation is sent when a mapped queue or a mapped agent takes part."
                />
              ) : (
                <Chart conversation={conversation} />
              )}
            </section>
            <Numbers
              conversation={conversation}
              full={full}
              onFull={session.right === 'operator' ? () => setFull(true) : undefined}
            />
            <Events events={conversation.events ?? []} />
          </>
        )}
      </Shown>
    </>
  );
}

function About({ conversation }: { readonly conversation: Conversation }): JSX.Element {
  const now = useNow();
  const { state, conversationId, calls, startedAt, endedAt, site } = conversation;
  return (
    <section class="card">
      <Facts
        rows={[
          [
            'State',
            <Pill tone={state === 'open' ? 'busy' : state === 'over' ? 'good' : 'quiet'}>
              {state === 'untold' ? 'not sent' : state}
            </Pill>,
          ],
          ['Began', startedAt === undefined ? '–' : timeText(startedAt, now)],
          ['Ended', endedAt === undefined ? '–' : timeText(endedAt, now)],
          ['Site', site],
          ['Conversation in the cloud', <code>{conversationId}</code>],
          [
            'Calls',
            calls.map((call) => `${call.callUuid} (${call.type}${call.ended ? ', ended' : ''})`).join('; '),
          ],
        ]}
      />
    </section>
  );
}

const row = { height: 34, bar: 18 };
const width = 720;

function Chart({ conversation }: { readonly conversation: Conversation }): JSX.Element {
  const now = useNow();
  const timeline = timelineOf(conversation, now);
  const kinds = [...new Set(timeline.rows.flatMap(({ spans }) => spans.map(({ kind }) => kind)))];
  const handovers = [...new Set(timeline.rows.flatMap((of) => of.handovers.map(({ kind }) => kind)))];
  return (
    <>
      <Legend kinds={kinds} handovers={handovers} />
      <section class="chart" aria-label="Time line of the legs">
        {timeline.rows.map((of) => (
          <ChartRow key={of.leg} row={of} timeline={timeline} />
        ))}
        {timeline.others.length > 0 && (
          <ChartRow
            row={{
              leg: '',
              title: 'Conversation',
              state: '',
              spans: [],
              marks: timeline.others,
              handovers: [],
              ended: true,
            }}
            timeline={timeline}
          />
        )}
        <Axis timeline={timeline} now={now} />
      </section>
    </>
  );
}

function ChartRow({ row: of, timeline }: { readonly row: Row; readonly timeline: Timeline }): JSX.Element {
  const seconds = (timeline.to - timeline.from) / 1000;
  const said = of.spans
    .map((span) => `${span.text} ${spanText((span.to - span.from) * seconds)}`)
    .join(', then ');
  const handed = of.handovers.map(({ text }) => `; ${text}`).join('');
  return (
    <div class="chart-row">
      <div class="chart-title">
        {of.title} <span class="quiet">{of.state}</span>
      </div>
      <svg
        viewBox={`-4 0 ${width + 8} ${row.height}`}
        role="img"
        aria-label={`${of.title}: ${said === '' ? 'nothing' : said}${handed}`}
        preserveAspectRatio="none"
      >
        {of.spans.map((span) => (
          <rect
            key={`${span.kind} ${span.from}`}
            class={`span ${span.kind}`}
            x={span.from * width}
            y={(row.height - row.bar) / 2}
            width={Math.max(2, (span.to - span.from) * width)}
            height={row.bar}
            rx="3"
          >
            <title>{`${span.text}, ${spanText((span.to - span.from) * seconds)}`}</title>
          </rect>
        ))}
        {of.handovers.map((handover) => (
          <Arrow key={`${handover.at} ${handover.text}`} handover={handover} />
        ))}
        {of.marks.map((mark, index) => (
          <Dot key={`${mark.at} ${mark.text} ${index}`} mark={mark} />
        ))}
      </svg>
    </div>
  );
}

/** Away from the leg downwards, or to it from above; a consultation is an empty one. */
function Arrow({ handover: { at, kind, way, text } }: { readonly handover: Handover }): JSX.Element {
  const x = at * width;
  const top = way === 'out' ? row.height - 9 : 0;
  return (
    <path class={`handover ${kind}`} d={`M${x - 6} ${top + 1}h12l-6 7z`}>
      <title>{text}</title>
    </path>
  );
}

/** The form differs as well as the colour: a bar, an empty ring, a cross. */
function Dot({ mark }: { readonly mark: Mark }): JSX.Element {
  const x = mark.at * width;
  const [top, bottom] = [4, row.height - 4];
  return (
    <g class={`mark ${mark.state}`}>
      <title>{mark.text}</title>
      {mark.state === 'accepted' && <line x1={x} x2={x} y1={top} y2={bottom} />}
      {mark.state === 'waiting' && <circle cx={x} cy={row.height / 2} r="5" />}
      {mark.state === 'refused' && <path d={`M${x - 5} ${row.height / 2 - 5}l10 10m0 -10l-10 10`} />}
    </g>
  );
}

function Axis({ timeline, now }: { readonly timeline: Timeline; readonly now: number }): JSX.Element {
  const instant = (ms: number) => timeText(new Date(ms).toISOString(), now);
  return (
    <div class="chart-row axis-row">
      <div class="chart-title quiet">{spanText((timeline.to - timeline.from) / 1000)}</div>
      <div class="axis-times">
        <span>{instant(timeline.from)}</span>
        <span>{instant(timeline.to)}</span>
      </div>
    </div>
  );
}

function Legend({
  kinds,
  handovers,
}: {
  readonly kinds: readonly SpanKind[];
  readonly handovers: readonly Handover['kind'][];
}): JSX.Element {
  return (
    <ul class="legend">
      {kinds.map((kind) => (
        <li key={kind}>
          <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
            <rect class={`span ${kind}`} width="14" height="14" rx="3" />
          </svg>{' '}
          {spanWords[kind]}
        </li>
      ))}
      {handovers.map((kind) => (
        <li key={kind}>
          <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
            <path class={`handover ${kind}`} d="M1 3h12l-6 8z" />
          </svg>{' '}
          {handoverWords[kind]} from one leg to another
        </li>
      ))}
      {(['accepted', 'waiting', 'refused'] as const).map((state) => (
        <li key={state}>
          <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true" class={`mark ${state}`}>
            {state === 'accepted' && <line x1="7" x2="7" y1="0" y2="14" />}
            {state === 'waiting' && <circle cx="7" cy="7" r="5" />}
            {state === 'refused' && <path d="M2 2l10 10m0 -10l-10 10" />}
          </svg>{' '}
          event {markWords[state]}
        </li>
      ))}
    </ul>
  );
}

function Numbers({
  conversation,
  full,
  onFull,
}: {
  readonly conversation: Conversation;
  readonly full: boolean;
  readonly onFull: (() => void) | undefined;
}): JSX.Element | null {
  const { numbers = [] } = conversation;
  if (numbers.length === 0) return null;
  return (
    <section class="card">
      <h2>Numbers</h2>
      <Facts rows={numbers.map(({ what, number }) => [what, <code>{number}</code>] as const)} />
      {onFull !== undefined && !full && (
        <div class="buttons">
          <button type="button" onClick={onFull}>
            Show the numbers of this call
          </button>
          <span class="quiet">It is written to the log.</span>
        </div>
      )}
    </section>
  );
}

function Events({ events }: { readonly events: readonly SentEvent[] }): JSX.Element {
  const now = useNow();
  return (
    <section class="card">
      <h2>Events</h2>
      {events.length === 0 ? (
        <Empty
          text="No event is known."
          hint="What was accepted is remembered by the active instance since it began its work, within a bound."
        />
      ) : (
        <Table
          caption="Events of this conversation in the order of their times"
          rows={events}
          keyOf={({ eventId, state }) => `${eventId} ${state}`}
          columns={[
            { title: 'Time of the event', cell: ({ at }) => timeText(at, now) },
            { title: 'Event', cell: ({ event }) => eventText(event) },
            { title: 'State', cell: ({ state }) => <Pill tone={tones[state]}>{markWords[state]}</Pill> },
            { title: 'Accepted', cell: ({ sentAt }) => (sentAt === undefined ? '–' : timeText(sentAt, now)) },
            { title: 'Why', cell: ({ reason }) => reason ?? '–', wide: true },
          ]}
        />
      )}
    </section>
  );
}
