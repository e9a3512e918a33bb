/** What the service shell starts. */
import { exasVariables } from '@exec/common/config';
import type { ServiceOptions } from '@exec/common/service';
import { startExas } from './exas.ts';
import { readTranslation } from './translation-files.ts';

export const exasService: ServiceOptions<typeof exasVariables> = {
  service: 'exas',
  variables: exasVariables,
  start(context) {
    const translation = readTranslation({
      stateMap: context.env.STATE_MAP_FILE,
      reasonMap: context.env.REASON_MAP_FILE,
    });
    startExas(context, translation);
  },
};
