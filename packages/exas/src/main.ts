/** `pnpm exas`: EXAS as a process, configured by the environment only. */
import { runService } from '@exec/common/service';
import { exasService } from './service.ts';

await runService(exasService);
