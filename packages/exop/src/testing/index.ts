/** Test VMs for other packages: real SSH servers with a stand-in for Docker. */
export { DockerStandIn, type Runner, type Running } from './docker-stand-in.ts';
export { type Called, Fleet } from './fleet.ts';
export { type CommandBlock, commandBlocks, missingLines } from './pages.ts';
export { makeSigner, type Signer } from './signer.ts';
export { makeKey, Sshd } from './sshd.ts';
export { enoughSpace, writeTools } from './tools.ts';
