#!/usr/bin/env node
/** The command `link` as it is shipped: what can be done with a link without the services. */
import { linkProcess } from './cli/process.ts';

await linkProcess();
