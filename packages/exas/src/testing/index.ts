/** A site for tests and benchmarks of EXAS; production code never imports it. */
export { RandomDay } from './random-day.ts';
export { Site, type SiteOptions } from './site.ts';
