/** EXOP for other packages: the renderer of the compose files, and the names that the `.env` may hold. */
export { exopCli } from './cli/exop-cli.ts';
export { ownVariables } from './config/own-variables.ts';
export { type ComposeOptions, type ComposeService, hardening, renderCompose } from './plan/compose.ts';
export { releaseOf } from './plan/release.ts';
export { archiveOf } from './report/bundle.ts';
export { Redactor } from './report/redactor.ts';
