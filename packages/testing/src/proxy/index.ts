/** A TCP proxy with the faults of real networks. */
export { FaultProxy, type FaultProxyOptions, type ProxyClock } from './fault-proxy.ts';
export type { Direction, Toxic } from './toxics.ts';
