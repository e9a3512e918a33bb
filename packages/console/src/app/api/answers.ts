/** What the services answer: the types of the declarations that they answer by. */
import type { agentAnswer, changeAnswer } from '@exec/common/answers/agents';
import type { Answer } from '@exec/common/answers/answer';
import type {
  conversationAnswer,
  conversationSummaryAnswer,
  deadLetterAnswer,
  gapAnswer,
  legAnswer,
  quarantineEntryAnswer,
  shownEventAnswer,
} from '@exec/common/answers/conversations';
import type { operationAnswer, planSummaryAnswer } from '@exec/common/answers/plan';
import type { auditEntryAnswer, overviewAnswer, sessionAnswer } from '@exec/common/answers/service';
import type { conflictAnswer, orphanAnswer, runAnswer, syncAnswer } from '@exec/common/answers/sync';

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export type Session = Answer<typeof sessionAnswer>;
export type Overview = Answer<typeof overviewAnswer>;
export type AuditEntry = Answer<typeof auditEntryAnswer>;

export type SyncOverview = Answer<typeof syncAnswer>;
export type PlanSummary = Answer<typeof planSummaryAnswer>;
export type Operation = Answer<typeof operationAnswer>;
export type Conflict = Answer<typeof conflictAnswer>;
export type Orphan = Answer<typeof orphanAnswer>;
export type Run = Answer<typeof runAnswer>;

export type Agent = Answer<typeof agentAnswer>;
export type CloudState = NonNullable<Agent['accepted']>;
export type StateChange = Answer<typeof changeAnswer>;

export type ConversationSummary = Answer<typeof conversationSummaryAnswer>;
export type Leg = Answer<typeof legAnswer>;
export type SentEvent = Answer<typeof shownEventAnswer>;
export type Conversation = Answer<typeof conversationAnswer>;
export type DeadLetter = Answer<typeof deadLetterAnswer>;
export type QuarantineEntry = Answer<typeof quarantineEntryAnswer>;
export type Gap = Answer<typeof gapAnswer>;
