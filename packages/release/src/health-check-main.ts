/** The health check of an image: ends with 0 when the service in the same container lives, else with 1. */
import { isLive } from './health-check.ts';

process.exitCode = (await isLive(process.env)) ? 0 : 1;
