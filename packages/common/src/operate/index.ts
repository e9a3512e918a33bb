/** What people do with services through their REST interfaces, from whichever program. */
export { type Carried, type CarriedBack, type Question, RestClient, silent } from './rest-client.ts';
export { addSetAside, type RunSetAside } from './set-aside.ts';
