/** What the service shell starts. */
import { excpVariables, sitesOf } from '@exec/common/config';
import type { ServiceOptions } from '@exec/common/service';
import { Excp } from './excp.ts';

export const excpService: ServiceOptions<typeof excpVariables> = {
  service: 'excp',
  variables: excpVariables,
  check: (values) => sitesOf(values).faults,
  start(context) {
    new Excp(context, sitesOf(context.env).sites).start();
  },
};
