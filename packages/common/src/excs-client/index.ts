/** Client of the EXCS look-up API, for the services that need the mapping. */
export { ExcsClient, type ExcsClientOptions, type MappingKind, type MappingPages } from './excs-client.ts';
