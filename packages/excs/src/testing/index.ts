/** Sites and engines for tests and benchmarks of other packages. */
export { cloudView, expectedView, type View } from './comparison.ts';
export { Engine, type EngineOptions } from './engine.ts';
export { Site, type SiteOptions } from './site.ts';
