/** Any request against the REST interface of a running service. */
export { type PlayOptions, playAnyRequests, reached, type Tally } from './play.ts';
