/** All dashboards, in the order of their file names. */

import { bridgeDashboard } from './bridge.ts';
import { exasDashboard } from './exas.ts';
import { excpDashboard } from './excp.ts';
import { excsDashboard } from './excs.ts';
import type { Dashboard } from './model.ts';
import { overview } from './overview.ts';
import { requestsDashboard } from './requests.ts';

export const dashboards: Readonly<Record<string, Dashboard>> = {
  overview,
  excs: excsDashboard,
  exas: exasDashboard,
  excp: excpDashboard,
  bridge: bridgeDashboard,
  requests: requestsDashboard,
};
