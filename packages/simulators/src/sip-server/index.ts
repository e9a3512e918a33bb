/** A switch, and a SIP Server pair in front of it. */
export { LinkConnection } from '../link-server/connection.ts';
export { LinkServer } from '../link-server/link-server.ts';
export type { LinkServerOptions, TlsMaterial } from '../link-server/options.ts';
export { type RecordedFrame, Recorder } from '../link-server/recorder.ts';
export { SipServer } from './sip-server.ts';
export { SipServerSimulator, type SipServerSimulatorOptions } from './sip-server-simulator.ts';
export { type InboundCall, SipSwitch, type SipSwitchOptions } from './sip-switch.ts';
export type * from './types.ts';
