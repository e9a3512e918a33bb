/** `pnpm run link`: checks, records and replays Engage Link. */
import { linkProcess } from '@exec/link-tools';
import { requireNode } from '../require-node.ts';
import { into } from './into.ts';

requireNode();
await linkProcess(into);
