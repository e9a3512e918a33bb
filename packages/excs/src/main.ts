/** Entry point of EXCS: the service, or one of its commands. */
import './heap.ts';
import { excsCli } from './cli/excs-cli.ts';

const cli = excsCli({ env: process.env, streams: process });
process.exitCode = await cli.run(process.argv.slice(2));
