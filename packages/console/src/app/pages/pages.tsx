/** Which page stands behind which address. */
import type { JSX } from 'preact';
import type { Route } from '../model/routes.ts';
import { AgentPage, AgentsPage } from './agents.tsx';
import { AuditPage } from './audit.tsx';
import { ConflictsPage, OrphansPage } from './conflicts.tsx';
import { ConversationPage } from './conversation.tsx';
import { ConversationsPage } from './conversations.tsx';
import { DeadLettersPage } from './dead-letters.tsx';
import { GapsPage } from './gaps.tsx';
import { LookUpPage } from './look-up.tsx';
import { OverviewPage } from './overview.tsx';
import { PlanPage } from './plan.tsx';
import { QuarantinePage } from './quarantine.tsx';
import { RunsPage } from './runs.tsx';

export function pageOf(page: string, route: Route): JSX.Element | null {
  switch (page) {
    case 'overview':
      return <OverviewPage />;
    case 'plan':
      return <PlanPage route={route} />;
    case 'conflicts':
      return <ConflictsPage route={route} />;
    case 'orphans':
      return <OrphansPage route={route} />;
    case 'runs':
      return <RunsPage />;
    case 'look-up':
      return <LookUpPage />;
    case 'agents':
      return route.about === undefined ? (
        <AgentsPage route={route} />
      ) : (
        <AgentPage employeeId={route.about} />
      );
    case 'conversations':
      return route.about === undefined ? (
        <ConversationsPage route={route} />
      ) : (
        <ConversationPage key={route.about} callUuid={route.about} />
      );
    case 'dead-letters':
      return <DeadLettersPage route={route} />;
    case 'quarantine':
      return <QuarantinePage route={route} />;
    case 'gaps':
      return <GapsPage />;
    case 'audit':
      return <AuditPage route={route} />;
    default:
      return null;
  }
}
