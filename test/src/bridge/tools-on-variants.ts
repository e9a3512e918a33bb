/** `bridge selftest` and `bridge describe` on jars that have all, lack something, or say something else. */
import { type Checked, faultOf, runBridge, runOn, type Variant } from './sdk-variants.ts';

const events = 'com/genesyslab/platform/voice/protocol/tserver/events';

/** The double with some of its sources told otherwise. */
const partyEvent = (change: (source: string) => string): Variant => ({
  changed: { 'exec/sdkdouble/PartyEvent': change },
});

export async function checkSelfTest(scenarios: number): Promise<Checked[]> {
  const [all, one, none, poor, nameless, other] = await Promise.all([
    runBridge(undefined, ['selftest']),
    runBridge(undefined, ['selftest', 'hold']),
    runBridge(undefined, ['selftest', 'holt']),
    runOn(
      {
        without: [`${events}/EventMuteOn`, `${events}/EventMuteOn$1`],
        ...partyEvent((source) => source.replaceAll('CtrlParty', 'Controller')),
      },
      ['selftest'],
    ),
    runOn(
      partyEvent((source) => source.replaceAll('PartyUuid', 'Identity')),
      ['selftest'],
    ),
    runOn(
      partyEvent((source) => source.replace('put("PartyState", value)', 'put("PartyState", value + 1)')),
      ['selftest'],
    ),
  ]);
  return [
    [
      'selftest: every scenario is equal on the double',
      faultOf(all, 0, [`${scenarios} scenarios: ${scenarios} equal, 0 differ`, 'nothing untested']),
    ],
    ['selftest: one scenario alone', faultOf(one, 0, ['1 scenarios: 1 equal'])],
    ['selftest: a scenario that there is not', faultOf(none, 2, ['no scenario "holt"'])],
    [
      'selftest: names what the jars give no way to make, and blames the mapping for none of it',
      faultOf(poor, 3, [
        `${scenarios} equal, 0 differ`,
        'untested  EventMuteOn: cannot be made, java.lang.ClassNotFoundException',
        'untested  EventCallPartyAdded.CtrlParty: no way to set it',
      ]),
    ],
    [
      'selftest: parties whose identity cannot be set are untested, not different',
      faultOf(nameless, 3, [
        `${scenarios} equal, 0 differ`,
        'EventCallPartyAdded: its identity cannot be set',
      ]),
    ],
    [
      'selftest: an SDK that says something else differs',
      faultOf(other, 1, ['DIFFERS   hold', 'expected {', 'PartyState=Connected']),
    ],
  ];
}

export async function checkDescribe(): Promise<Checked[]> {
  const poor = await runOn(
    {
      without: [
        `${events}/EventCallPartyMoved`,
        `${events}/EventCallPartyMoved$1`,
        'com/genesyslab/platform/voice/protocol/tserver/requests/special/RequestStartCallMonitoring',
        'com/genesyslab/platform/reporting/protocol/statserver/DnAction',
      ],
      changed: {
        'exec/sdkdouble/QueueEvent': (source) =>
          source.replaceAll('ThirdPartyDN', 'Target').replaceAll('ThisQueue', 'Queue'),
        'com/genesyslab/platform/voice/protocol/tserver/Cause': (source) =>
          source.replace('"Normal", 13', '"Natural", 13').replace(' Normal =', ' Natural ='),
      },
    },
    ['describe'],
  );
  return [
    [
      'describe: the double fits',
      faultOf(await runBridge(undefined, ['describe']), 0, [
        'PartyUUID: PartyUuid (String, only a setter)',
        'CallUUID: a key of Extensions',
        'create(String, RegisterMode, ControlMode, AddressType)',
        'these jars fit the mapping as far as it is sure',
      ]),
    ],
    [
      'describe: what is missing and what is spelt otherwise',
      faultOf(poor, 1, [
        '- EventCallPartyMoved: not in these jars',
        '- RequestStartCallMonitoring: not in these jars; without it EXCP gets events of queues and extensions only',
        '- DnAction: not in these jars',
        '! ThirdPartyDN: none of ThirdPartyDN (confidence B)',
        '! ThisQueue: none of ThisQueue (confidence A)',
        'also: AgentID (String, only a setter), Queue (String, only a setter)',
        '! not in the mapping: Natural',
        'in the mapping alone: Normal',
        'not in these jars: EventCallPartyMoved, RequestStartCallMonitoring, DnAction',
        'attributes not found, of confidence A: 3',
        'these jars do not fit the mapping',
      ]),
    ],
  ];
}
