/** `pnpm excp`: EXCP as a process, configured by the environment only. */
import { runService } from '@exec/common/service';
import { excpService } from './service.ts';

await runService(excpService);
