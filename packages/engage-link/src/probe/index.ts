/** Looking at a peer of which nothing is known: for checks and tools, not for services. */

export { readTlsMaterial, type TlsMaterial } from '../connection/socket.ts';
export { type DialOptions, dial, dialOver } from './dial.ts';
export {
  type Handshake,
  type HandshakeOptions,
  handshake,
  type ServerKind,
  type Shaken,
} from './handshake.ts';
export { type Answer, Probe, type ProbeEnding, type ProbeOptions, type SeenFrame } from './probe.ts';
