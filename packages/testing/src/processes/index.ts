/** Services as processes of their own. */
export { nodeEnvironment } from './node-environment.ts';
export { activeAndStandby, type Readiness, ServiceProcess } from './service-process.ts';
