/** For tests of whatever speaks Engage Link; production code never imports this folder. */
export { accept, answer, type Behaviour, keepAlive, refuse, reply } from './behaviours.ts';
export { type Certificate, type CertificateOptions, makeCertificate } from './certificates.ts';
export { type ReadableMetrics, readableMetrics } from './link-metrics.ts';
export { LinkServer, type LinkServerOptions } from './link-server.ts';
export { PeerConnection } from './peer-connection.ts';
export { Recorder } from './recorder.ts';
