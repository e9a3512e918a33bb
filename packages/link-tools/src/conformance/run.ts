/** All checks of one peer, or of a SIP Server and the Stat Server beside it, with the same test calls. */
import type { Context } from './context.ts';
import type { Row } from './rows.ts';
import { SipSide, type SipTarget } from './sip.ts';
import { StatSide, type StatTarget } from './stat.ts';

export interface Targets {
  readonly sip?: SipTarget | undefined;
  readonly stat?: StatTarget | undefined;
}

/** Never rejects for what a peer does; each wait has a bound, so it ends whatever a peer does. */
export async function runConformance(context: Context, targets: Targets): Promise<Row[]> {
  const sip = targets.sip === undefined ? undefined : new SipSide(context, targets.sip);
  const stat = targets.stat === undefined ? undefined : new StatSide(context, targets.stat);
  await sip?.begin();
  await stat?.begin();
  if (sip?.watches === true) {
    await sip.testCall('call');
    await sip.compareAndStop();
    await sip.testCall('abandon');
    await sip.testCall('consult');
  }
  await stat?.change();
  await sip?.conclude();
  await stat?.conclude();
  return [...(sip?.rows.all(sip.why) ?? []), ...(stat?.rows.all(stat.why) ?? [])];
}
