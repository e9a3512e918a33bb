/** `GET /api/v1/agents`: what each agent is doing in Engage, what the cloud accepted last, and what is on its way. */
import { agentAnswer, agentDifferences, agentWithChangesAnswer } from '@exec/common/answers/agents';
import { type Answer, countedPageOf } from '@exec/common/answers/answer';
import { ExecError } from '@exec/common/errors';
import type { ServiceApp } from '@exec/common/http';
import { asId, type EmployeeId } from '@exec/common/ids';
import { type WallMs, wallOfSeconds } from '@exec/common/instants';
import { z } from 'zod';
import { type AgentRecord, acceptedState, halfKinds, type Outbox } from '../outbox/outbox.ts';
import type { RecentChanges } from '../outbox/recent-changes.ts';
import type { Situation } from '../state/situation.ts';

type AgentAnswer = Answer<typeof agentAnswer>;
type Difference = (typeof agentDifferences)[number];

export interface AgentRoutesOptions {
  readonly outbox: Outbox;
  readonly recent: Pick<RecentChanges, 'of'>;
  readonly roster: { situation(id: EmployeeId): Situation | undefined; isStale(id: EmployeeId): boolean };
}

export function agentRoutes(app: ServiceApp, { outbox, roster, recent }: AgentRoutesOptions): void {
  const answer = (agent: AgentRecord): AgentAnswer => {
    const situation = roster.situation(agent.employeeId);
    const waits = halfKinds.some((kind) => agent.halves[kind].inFlight !== undefined || differs(agent, kind));
    return {
      employeeId: agent.employeeId,
      userId: agent.userId,
      engage:
        situation === undefined
          ? null
          : {
              situation: situation.kind,
              since: timeText(wallOfSeconds(situation.since)),
              ...(situation.reason === undefined ? {} : { reason: situation.reason }),
            },
      stale: roster.isStale(agent.employeeId),
      accepted: acceptedState(agent) ?? null,
      pending:
        waits && agent.wanted !== undefined
          ? { ...agent.wanted.state, since: timeText(agent.wanted.decidedAt) }
          : null,
      lastError: agent.lastError ?? null,
    };
  };

  app.get(
    '/agents',
    {
      config: { right: 'read' },
      schema: {
        summary: 'All watched agents, in pages ordered by employee ID',
        querystring: z.strictObject({
          q: z
            .string()
            .max(255)
            .optional()
            .describe('Part of the employee ID or of the user ID, in any case.'),
          difference: z
            .enum([...agentDifferences, 'any'])
            .optional()
            .describe('Only agents of whom this is so; `any`: all that are not the same.'),
          cursor: z.string().max(255).optional(),
          limit: z.coerce.number().int().min(1).max(1000).default(100),
        }),
        response: {
          200: countedPageOf(agentAnswer),
        },
      },
    },
    (request) => {
      const { q, difference, cursor = '', limit } = request.query;
      const wanted = q?.trim().toLowerCase() ?? '';
      const agents = [...outbox.agents()].filter(
        (agent) =>
          isNamed(agent, wanted) &&
          (difference === undefined || isSo(differenceOf(answer(agent)), difference)),
      );
      const rest = agents
        .filter(({ employeeId }) => employeeId > cursor)
        .sort((left, right) => (left.employeeId < right.employeeId ? -1 : 1));
      const items = rest.slice(0, limit).map(answer);
      const next = rest.length > limit ? (items.at(-1)?.employeeId ?? null) : null;
      return { items, next, total: agents.length };
    },
  );

  app.get(
    '/agents/:employeeId',
    {
      config: { right: 'read' },
      schema: {
        summary: 'One agent',
        params: z.strictObject({ employeeId: z.string().min(1).max(255) }),
        querystring: z.strictObject({
          changes: z
            .enum(['true', 'false'])
            .default('false')
            .describe('With what was sent last of this agent.'),
        }),
        response: { 200: agentWithChangesAnswer },
      },
    },
    (request) => {
      const employeeId = asId<EmployeeId>(request.params.employeeId);
      const agent = outbox.agent(employeeId);
      const changes =
        request.query.changes === 'true'
          ? { changes: recent.of(employeeId).map((change) => ({ ...change, at: timeText(change.at) })) }
          : {};
      if (agent !== undefined) return { ...answer(agent), ...changes };
      throw new ExecError('mapping.not-found', 'No agent with this employee ID is watched by this instance.');
    },
  );
}

function isNamed({ employeeId, userId }: AgentRecord, wanted: string): boolean {
  return [employeeId, userId].some((id) => id.toLowerCase().includes(wanted));
}

function isSo(difference: Difference, wanted: Difference | 'any'): boolean {
  return wanted === 'any' ? difference !== 'same' : difference === wanted;
}

function differenceOf({ lastError, pending, stale, accepted, engage }: AgentAnswer): Difference {
  if (lastError !== null) return 'refused';
  if (pending !== null) return 'on-its-way';
  if (stale) return 'stale';
  return accepted === null || engage === null ? 'unknown' : 'same';
}

/** A time that no date can hold (a Stat Server may say anything) must not cost the page. */
function timeText(time: WallMs): string | null {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function differs(agent: AgentRecord, kind: (typeof halfKinds)[number]): boolean {
  return agent.wanted !== undefined && agent.halves[kind].accepted?.value !== agent.wanted.state[kind];
}
