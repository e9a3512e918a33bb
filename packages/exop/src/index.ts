/** EXOP for other packages: the renderer of the compose files, and the names that the `.env` may hold. */
export { ownVariables } from './config/own-variables.ts';
export { defaultPorts, type Service, services, serviceVariables } from './config/service-variables.ts';
export { type ComposeOptions, type ComposeService, hardening, renderCompose } from './plan/compose.ts';
