/** Every scenario. */
import type { Scenario } from '../script/scenario.ts';
import { conferenceScenario } from './conference/conference.ts';
import { conferenceByMove } from './conference/conference-by-move.ts';
import { conferenceDeafened } from './conference/conference-deafened.ts';
import { conferenceOfMany } from './conference/conference-of-many.ts';
import { consultCompleted } from './consult/consult-completed.ts';
import { consultCompletedByMove } from './consult/consult-completed-by-move.ts';
import { consultCompletedWhileRinging } from './consult/consult-completed-while-ringing.ts';
import { consultCustomerHangsUp } from './consult/consult-customer-hangs-up.ts';
import { consultOutsideCompleted } from './consult/consult-outside-completed.ts';
import { consultQueueCompleted } from './consult/consult-queue-completed.ts';
import { consultQueueCompletedWaiting } from './consult/consult-queue-completed-waiting.ts';
import { consultQueueGivenUp } from './consult/consult-queue-given-up.ts';
import { consultReconnected } from './consult/consult-reconnected.ts';
import { consultTargetHangsUp } from './consult/consult-target-hangs-up.ts';
import { consultUnanswered } from './consult/consult-unanswered.ts';
import { dispositionAfterCall } from './disposition/disposition-after-call.ts';
import { dispositionByConnId } from './disposition/disposition-by-conn-id.ts';
import { dispositionByTelephone } from './disposition/disposition-by-telephone.ts';
import { dispositionChangedAfter } from './disposition/disposition-changed-after.ts';
import { dispositionDuringCall } from './disposition/disposition-during-call.ts';
import { dispositionMissing } from './disposition/disposition-missing.ts';
import { dispositionUnmapped } from './disposition/disposition-unmapped.ts';
import { changedInGap } from './gaps/changed-in-gap.ts';
import { endedInGap } from './gaps/ended-in-gap.ts';
import { foundAtStart } from './gaps/found-at-start.ts';
import { foundInQueue } from './gaps/found-in-queue.ts';
import { foundOnHold } from './gaps/found-on-hold.ts';
import { internalCall } from './internal/internal-call.ts';
import { internalRejected } from './internal/internal-rejected.ts';
import { ivrCall } from './ivr/ivr-call.ts';
import { ivrOnly } from './ivr/ivr-only.ts';
import { loginBeforeTransfer } from './mapping/login-before-transfer.ts';
import { loginMidCall } from './mapping/login-mid-call.ts';
import { logoutMidCall } from './mapping/logout-mid-call.ts';
import { unmappedAgent } from './mapping/unmapped-agent.ts';
import { unmappedQueue } from './mapping/unmapped-queue.ts';
import { untouchedCall } from './mapping/untouched-call.ts';
import { mergeByMove } from './merge/merge-by-move.ts';
import { mergeOfTwoCalls } from './merge/merge-of-two-calls.ts';
import { noAnswerQueuedAgain } from './no-answer/no-answer-queued-again.ts';
import { noAnswerRedirected } from './no-answer/no-answer-redirected.ts';
import { noAnswerStillQueued } from './no-answer/no-answer-still-queued.ts';
import { outboundBusy } from './outbound/outbound-busy.ts';
import { outboundCall } from './outbound/outbound-call.ts';
import { outboundForQueue } from './outbound/outbound-for-queue.ts';
import { outboundGivenUp } from './outbound/outbound-given-up.ts';
import { abandonInQueue } from './queue/abandon-in-queue.ts';
import { abandonWhileAlerting } from './queue/abandon-while-alerting.ts';
import { abandonWhileAlertingQueued } from './queue/abandon-while-alerting-queued.ts';
import { agentHangsUp } from './queue/agent-hangs-up.ts';
import { directCall } from './queue/direct-call.ts';
import { divertOnAnswer } from './queue/divert-on-answer.ts';
import { inboundQueueCall } from './queue/inbound-queue-call.ts';
import { movedToSecondQueue } from './queue/moved-to-second-queue.ts';
import { twoQueuesAtOnce } from './queue/two-queues-at-once.ts';
import { linkToUnwatchedSite } from './sites/link-to-unwatched-site.ts';
import { twoSitesQueued } from './sites/two-sites-queued.ts';
import { twoSitesRouted } from './sites/two-sites-routed.ts';
import { twoSitesTransferred } from './sites/two-sites-transferred.ts';
import { supervisorCoaches } from './supervisor/supervisor-coaches.ts';
import { supervisorJoins } from './supervisor/supervisor-joins.ts';
import { supervisorSilent } from './supervisor/supervisor-silent.ts';
import { abandonOnHold } from './talking/abandon-on-hold.ts';
import { attachedData } from './talking/attached-data.ts';
import { callDropped } from './talking/call-dropped.ts';
import { holdScenario } from './talking/hold.ts';
import { muteScenario } from './talking/mute.ts';
import { transferAbandoned } from './transfer/transfer-abandoned.ts';
import { transferToAgent } from './transfer/transfer-to-agent.ts';
import { transferToFreeQueue } from './transfer/transfer-to-free-queue.ts';
import { transferToNumber } from './transfer/transfer-to-number.ts';
import { transferToQueue } from './transfer/transfer-to-queue.ts';
import { transferToUnmappedAgent } from './transfer/transfer-to-unmapped-agent.ts';
import { transferToUnmappedQueue } from './transfer/transfer-to-unmapped-queue.ts';

export const scenarios: readonly Scenario[] = [
  inboundQueueCall,
  agentHangsUp,
  divertOnAnswer,
  twoQueuesAtOnce,
  movedToSecondQueue,
  abandonInQueue,
  abandonWhileAlerting,
  abandonWhileAlertingQueued,
  directCall,
  unmappedQueue,
  unmappedAgent,
  untouchedCall,
  loginMidCall,
  loginBeforeTransfer,
  logoutMidCall,
  ivrCall,
  ivrOnly,
  noAnswerQueuedAgain,
  noAnswerStillQueued,
  noAnswerRedirected,
  holdScenario,
  abandonOnHold,
  muteScenario,
  attachedData,
  callDropped,
  outboundCall,
  outboundBusy,
  outboundGivenUp,
  outboundForQueue,
  internalCall,
  internalRejected,
  consultCompleted,
  consultCompletedByMove,
  consultCompletedWhileRinging,
  consultReconnected,
  consultUnanswered,
  consultTargetHangsUp,
  consultCustomerHangsUp,
  consultOutsideCompleted,
  consultQueueCompleted,
  consultQueueCompletedWaiting,
  consultQueueGivenUp,
  conferenceScenario,
  conferenceByMove,
  conferenceOfMany,
  conferenceDeafened,
  transferToAgent,
  transferToQueue,
  transferToFreeQueue,
  transferToUnmappedQueue,
  transferToNumber,
  transferToUnmappedAgent,
  transferAbandoned,
  supervisorSilent,
  supervisorJoins,
  supervisorCoaches,
  mergeOfTwoCalls,
  mergeByMove,
  twoSitesRouted,
  twoSitesQueued,
  twoSitesTransferred,
  linkToUnwatchedSite,
  dispositionDuringCall,
  dispositionAfterCall,
  dispositionByConnId,
  dispositionByTelephone,
  dispositionChangedAfter,
  dispositionUnmapped,
  dispositionMissing,
  foundAtStart,
  foundInQueue,
  foundOnHold,
  endedInGap,
  changedInGap,
];

/** @throws {RangeError} when there is no scenario of that name. */
export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`there is no scenario ${name}`);
  return found;
}
