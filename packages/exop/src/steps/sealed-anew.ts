/** Waits until EXCS has sealed the client secrets in Redis with the first of its keys. */
import { setTimeout as pause } from 'node:timers/promises';
import { ExecError } from '@exec/common/errors';
import type { Report } from '../checks/run.ts';
import type { Deployment } from '../config/deployment.ts';
import { askOf } from '../ssh/onward.ts';
import { serviceAt } from '../ssh/vm.ts';
import { closeAll, connectAll, someConnected } from './fleet.ts';

/** EXCS looks at the settings at each poll of the Config DB; nothing tells us when, so we have to ask. */
const INTERVAL_MS = 1_000;

/** @throws ExecError exop.rotation-not-possible when it has not within the time that a start may take */
export async function settingsAreSealedAnew(deployment: Deployment, tell: Report): Promise<void> {
  const members = await connectAll(
    deployment,
    deployment.instances.filter(({ service }) => service === 'excs'),
  );
  try {
    const end = performance.now() + deployment.readyTimeoutMs;
    for (const vm of someConnected(members).vms) {
      tell(vm.name, 'waiting until the client secrets are sealed with the new key');
      for (;;) {
        const answer = await askOf(vm.session, { ...serviceAt(vm), path: '/metrics' });
        if ('body' in answer && /^excs_settings_sealed_with_first_key(?:\{.*\})? 1$/m.test(answer.body))
          break;
        if (performance.now() >= end)
          throw new ExecError(
            'exop.rotation-not-possible',
            `${vm.name} has not sealed the client secrets with the new key: it reads no settings, or an OAuth client does not fit ("exop sync", "exop logs excs")`,
            { retryable: true },
          );
        await pause(INTERVAL_MS);
      }
    }
  } finally {
    closeAll(members);
  }
}
