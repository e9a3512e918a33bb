/** The sample set-up of containers, as its users outside see it. */
export { type Sample, sampleHosts, sampleOf, samplePorts, siteOf } from './sample.ts';
