/**
 * Faults that are proven in the small, each by a test of its own. With the faults that whole runs play (../faults/) they make
 * docs/reference/faults.md; `pnpm docs:generate` writes it, and `pnpm check` refuses a test or an alert that does not exist.
 *
 * Rows stand in the order in which somebody looks for them: by what fails. A new row goes into the file of its area.
 */
import { bridge } from './bridge.ts';
import { configDb } from './config-db.ts';
import { deployment } from './deployment.ts';
import { engage } from './engage.ts';
import { genesysCloud } from './genesys-cloud.ts';
import type { ListedFault } from './listed-fault.ts';
import { redis } from './redis.ts';
import { services } from './services.ts';
import { sipServer } from './sip-server.ts';

/** By area. */
export const listedFaults: Readonly<Record<string, readonly ListedFault[]>> = {
  Engage: engage,
  Bridges: bridge,
  'Config DB': configDb,
  'SIP Server links': sipServer,
  Redis: redis,
  'Genesys Cloud': genesysCloud,
  'The services themselves': services,
  Deployment: deployment,
};
