/** Services as processes of their own. */
export { activeAndStandby, type Readiness, ServiceProcess } from './service-process.ts';
