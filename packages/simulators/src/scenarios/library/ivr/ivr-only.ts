/** No mapped queue or agent ever takes part. */
import { scenario } from '../../script/define.ts';
import { at, hangUp, inbound } from '../../script/verbs.ts';

export const ivrOnly = scenario({
  name: 'ivr-only',
  shows: 'A customer hangs up in the IVR',
  cast: {},
  steps: [at(0, inbound('main', { to: 'ivr' })), at(8000, hangUp('main', 'customer'))],
  expected: [],
});
