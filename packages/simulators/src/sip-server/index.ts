/** A SIP Server pair and the switch behind it. */
export { type InboundCall, SipSwitch, type SipSwitchOptions } from './sip-switch.ts';
export type * from './types.ts';
