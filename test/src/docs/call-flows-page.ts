/** docs/reference/call-flows.md: every call scenario as a diagram beside the events that must be injected. */
import { type ExpectedConversation, type Scenario, scenarios } from '@exec/simulators/scenarios';
import { scenarioFiles } from '../bridge/scenario-files.ts';
import { code, generated, table } from './markdown.ts';

interface Step {
  readonly at: number;
  readonly leg: string;
  readonly text: string;
}

/** The event that a step of a leg is injected as. */
function eventOf(step: string, participant: string): string {
  const [name = '', detail] = step.split(':');
  const kind = participant.split(':')[0] ?? '';
  const established: Readonly<Record<string, string>> = { queue: 'routing', user: 'user' };
  switch (name) {
    case 'established':
      return `${established[kind] ?? kind}Established`;
    case 'established(alerting)':
      return `${established[kind] ?? kind}Established (alerting)`;
    case 'answered':
      return 'communicationAnswered';
    case 'held':
    case 'retrieved':
      return `holdUpdated (${name})`;
    case 'muted':
    case 'unmuted':
    case 'deafened':
    case 'undeafened':
      return `audioUpdated (${name})`;
    case 'ended':
      return `communicationEnded (${detail})`;
    default:
      return `communicationDispositionApplied${detail === undefined ? ' (no code)' : ` (${detail})`}`;
  }
}

/** A second leg of the same participant is told apart by a number. */
function named(
  conversation: ExpectedConversation,
): readonly { readonly name: string; readonly leg: ExpectedConversation['legs'][number] }[] {
  const counts = new Map<string, number>();
  return conversation.legs.map((leg) => {
    const count = (counts.get(leg.participant) ?? 0) + 1;
    counts.set(leg.participant, count);
    return { name: count === 1 ? leg.participant : `${leg.participant} #${count}`, leg };
  });
}

function stepsOf(conversation: ExpectedConversation): Step[] {
  const legs = named(conversation).flatMap(({ name, leg }) =>
    leg.steps.map((step, index) => ({
      at: leg.times[index] ?? 0,
      leg: name,
      text: eventOf(step, leg.participant),
    })),
  );
  const transfers = conversation.transfers.map(({ at, command, by, moves, to, steps }) => ({
    at,
    leg: by,
    text: `${command} of ${moves} to ${to} (${steps.join(', ')})`,
  }));
  return [...legs, ...transfers].sort((left, right) => left.at - right.at);
}

function diagram(conversation: ExpectedConversation): string {
  const legs = named(conversation);
  const ids = new Map(legs.map(({ name }, index) => [name, `L${index}`]));
  const lines = stepsOf(conversation).map(({ at, leg, text }) => {
    const id = ids.get(leg) ?? 'L0';
    return `  E->>${id}: ${seconds(at)} ${text.replaceAll(/[;#]/g, ' ')}`;
  });
  return [
    '```mermaid',
    'sequenceDiagram',
    '  participant E as EXCP',
    ...legs.map(({ name }) => `  participant ${ids.get(name)} as ${name.replaceAll('#', 'no. ')}`),
    ...lines,
    '```',
  ].join('\n');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function section(scenario: Scenario): string {
  const { name, shows, steps, expected, settings } = scenario;
  const happens = table(
    ['time', 'in Engage'],
    steps.map(({ at, text }) => [seconds(at), text]),
  );
  const conversations = expected.map((conversation) => {
    const title = expected.length > 1 ? `Conversation of the call ${code(conversation.call)}:\n\n` : '';
    return `${title}${diagram(conversation)}`;
  });
  const set = settings === undefined ? [] : [`With ${code(JSON.stringify(settings))}.`];
  const none = expected.length === 0 ? ['Nothing is injected.'] : [];
  return [`### ${name}`, shows, ...set, happens, ...none, ...conversations, wire(scenario)].join('\n\n');
}

/** Where the frames are that cause it, and how many each connection carries. */
function wire(scenario: Scenario): string {
  const counts = new Map<string, number>();
  for (const line of scenarioFiles(scenario).frames)
    if ('connection' in line) counts.set(line.connection, (counts.get(line.connection) ?? 0) + 1);
  const frames = [...counts].map(([connection, count]) => `${connection} ${count}`).join(', ');
  const file = (kind: string) => `../../packages/bridge/scenarios/${kind}/${scenario.name}.jsonl`;
  return `On the wire: [frames](${file('frames')}) (${frames}), and [as the SDK has them](${file('native')}).`;
}

export function callFlowsPage(): string {
  return [
    '# Call flows',
    `${generated} The scenarios are scripts in \`packages/simulators/src/scenarios/library\`; the tests play each of them into two instances of EXCP at a strict cloud and compare leg by leg. Times count from the begin of a scenario.`,
    'Who takes part: `external` is the customer, `queue:…` a virtual queue, `user:…` an agent who is mapped, `phone` an outside number or an agent without a mapping, `ivr` an IVR. Between the connections of a SIP Server there is no order; what comes first here is what happened first.',
    'The frames of each scenario are files, one frame a line in the order of the servers, with the connection that carries it. They begin with every address registered, monitoring started and no live call; `ReferenceID` is left out, for the client chooses it. `{"connections":"lost"}` and `"back"` stand where the connections of a consumer break and return; what follows is what it is then told. [Engage Link as JSON Schema](engage-link.schema.json) says what each frame may hold.',
    `There are ${scenarios.length}:`,
    scenarios.map(({ name, shows }) => `- [${name}](#${name}): ${shows}`).join('\n'),
    ...scenarios.map(section),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}
