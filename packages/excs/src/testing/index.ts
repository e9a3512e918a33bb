/** Sites and engines for tests and benchmarks of other packages. */
export { cloudView, expectedView, type View } from './comparison.ts';
export { Engine, type EngineOptions } from './engine.ts';
export { fewestRequests } from './minimum.ts';
export { ScaledClock } from './scaled-clock.ts';
export { seedLedger } from './seed-ledger.ts';
export { Site, type SiteOptions } from './site.ts';
