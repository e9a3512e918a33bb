/** Clients of Engage Link: SIP Server and Stat Server pairs with warm standby. */
export { formatAddress, type ServerAddress } from './address.ts';
export { type DropReason, type EngageLinkMetrics, engageLinkMetrics } from './metrics.ts';
export {
  defaultLimits,
  type LinkClientOptions,
  type LinkFailure,
  type LinkHandler,
  type LinkLimits,
  type LinkStatus,
  type LinkTls,
  type UsableInfo,
} from './options.ts';
export { SipServerClient, type SipServerHandler } from './sip-server-client.ts';
export { StatServerClient, type StatServerHandler } from './stat-server-client.ts';
