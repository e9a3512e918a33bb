/** The checks of the command `link` at the simulators and at the bridge before its double, with the same test calls. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@exec/common/clock';
import {
  comparisonMarkdown,
  comparisonText,
  defaultLimits,
  type Report,
  reportOf,
  runConformance,
  simulator,
  simulatorPeople,
} from '@exec/link-tools';
import { EngageSide, engageConfig } from '@exec/simulators/scenarios';
import { BridgeProcess } from './bridge-process.ts';
import { NativeSipServer } from './native-sip-server.ts';
import { NativeStatServer } from './native-stat-server.ts';

const page = fileURLToPath(new URL('../../../docs/bridge/conformance.md', import.meta.url));
const switchName = 'SIP_Switch';

/** Both reports; `report` gets each check of either peer, with what is wrong. */
export async function compareConformance(
  report: (check: string, fault: string | undefined) => void,
): Promise<readonly [Report, Report]> {
  const agents = [1, 2].map((n) => ({ employeeId: `E100${n}`, loginCode: `700${n}`, dn: `500${n}` }));
  const sites = [{ switch: switchName, agents, queues: ['VQ_Sales'] }];
  const side = await EngageSide.start(engageConfig.parse({ sites, testCalls: 0 }), systemClock);
  const on = side.switches.get(switchName);
  if (on === undefined) throw new Error(`there is no ${switchName}`);
  const natives = [await NativeSipServer.start(on), await NativeStatServer.start(side.states)] as const;
  const bridges = [
    await BridgeProcess.start('tserver', natives[0].port),
    await BridgeProcess.start('statserver', natives[1].port),
  ] as const;
  try {
    const { sites: addresses, stat, testCalls = '' } = side.addresses;
    const [simulated = stat] = addresses.map(({ sip }) => sip);
    const direct = await reportOn('simulators', testCalls, simulated[0].port, stat[0].port);
    const bridged = await reportOn('bridge before the double', testCalls, bridges[0].port, bridges[1].port);
    for (const { name, rows } of [direct, bridged])
      for (const { server, check, result, seen } of rows)
        report(
          `conformance of ${name}, ${server} ${check}`,
          result === 'fail' || result === 'skip' ? seen : undefined,
        );
    return [direct, bridged];
  } finally {
    for (const bridge of bridges) await bridge.stop();
    for (const native of natives) await native.close();
    await side.close();
  }
}

async function reportOn(name: string, testCalls: string, sip: number, stat: number): Promise<Report> {
  const { agents, ...numbers } = await simulatorPeople(testCalls);
  const at = (port: number) => ({ host: '127.0.0.1', port, tls: false });
  const rows = await runConformance(
    {
      clock: systemClock,
      limits: defaultLimits,
      client: { applicationName: 'conformance' },
      role: 'Primary',
      calls: simulator(testCalls),
    },
    {
      sip: { address: at(sip), ...numbers },
      stat: { address: at(stat), agents, tenant: 'Resources' },
    },
  );
  return reportOf(name, new Date(), rows);
}

export function sideBySide([left, right]: readonly [Report, Report]): string {
  return comparisonText(left, right);
}

/** Keeps the two reports as a page of the docs. */
export async function writePage([left, right]: readonly [Report, Report]): Promise<void> {
  await writeFile(
    page,
    `# Conformance, side by side

Captured by \`pnpm test:bridge --report\`; do not edit. The same checks ([\`link conformance\`](link.md)) with the same test calls at the simulators, and at the bridge before a double of the SDK that is fed by the same switch. It shows that the bridge keeps the contract for what the double says, not that a real server says the same.

${comparisonMarkdown(left, right)}
`,
  );
}
