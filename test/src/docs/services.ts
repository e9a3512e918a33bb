/** The services, with what makes each of them start on a machine where nothing else is there. */
import type { Variables } from '@exec/common/config';
import type { ServiceOptions } from '@exec/common/service';
import { exasService } from '@exec/exas';
import { excpService } from '@exec/excp';
import { excsService } from '@exec/excs';

export interface DocumentedService {
  readonly title: string;
  readonly options: ServiceOptions<Variables>;
  /** The variables without which it does not start. */
  readonly env: Readonly<Record<string, string>>;
}

function documented<V extends Variables>(
  title: string,
  options: ServiceOptions<V>,
  env: Readonly<Record<string, string>>,
): DocumentedService {
  return { title, options: options as unknown as ServiceOptions<Variables>, env };
}

/** Nobody listens there: services start with every dependency absent. */
const nobody = '127.0.0.1:9';

export const services: readonly DocumentedService[] = [
  documented('EXCS, Config Sync', excsService(), { CONFIG_DB_URL: `postgresql://nobody@${nobody}/config` }),
  documented('EXAS, Agent State Sync', exasService, { STAT_SERVER_PRIMARY: nobody }),
  documented('EXCP, Conversation Provider', excpService, {
    SIP_SERVER_PRIMARY: nobody,
    SWITCH_NAME: 'SIP_Switch',
  }),
];
