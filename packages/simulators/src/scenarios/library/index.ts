/** Every scenario, in the order in which the family files list them. */
import type { Scenario } from '../script/scenario.ts';
import { conferenceScenarios } from './conference.ts';
import { consultScenarios } from './consult.ts';
import { nestedConsultScenarios } from './consult-nested.ts';
import { dispositionScenarios } from './disposition.ts';
import { gapsScenarios } from './gaps.ts';
import { internalScenarios } from './internal.ts';
import { ivrScenarios } from './ivr.ts';
import { mappingScenarios } from './mapping.ts';
import { mergeScenarios } from './merge.ts';
import { noAnswerScenarios } from './no-answer.ts';
import { outboundScenarios } from './outbound.ts';
import { queueScenarios } from './queue.ts';
import { sitesScenarios } from './sites.ts';
import { supervisorScenarios } from './supervisor.ts';
import { talkingScenarios } from './talking.ts';
import { transferScenarios } from './transfer.ts';

export const scenarios: readonly Scenario[] = [
  ...queueScenarios,
  ...mappingScenarios,
  ...ivrScenarios,
  ...noAnswerScenarios,
  ...talkingScenarios,
  ...outboundScenarios,
  ...internalScenarios,
  ...consultScenarios,
  ...nestedConsultScenarios,
  ...conferenceScenarios,
  ...transferScenarios,
  ...supervisorScenarios,
  ...mergeScenarios,
  ...sitesScenarios,
  ...dispositionScenarios,
  ...gapsScenarios,
];

/** @throws {RangeError} when there is no scenario of that name. */
export function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`there is no scenario ${name}`);
  return found;
}

/** Whether somebody of the cast works at the other site. */
export function needsTwoSites({ cast }: Scenario): boolean {
  return [...Object.values(cast.agents ?? {}), ...Object.values(cast.queues ?? {})].some(
    ({ otherSite }) => otherSite === true,
  );
}
