/** Whether a VM reaches every peer of the connectivity table. */
import type { Peer } from '../config/peers.ts';
import { reach } from '../ssh/onward.ts';
import type { Vm } from '../ssh/vm.ts';
import type { Finding } from './check.ts';

export async function checkPeers(vm: Vm): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const peer of vm.settings.peers) findings.push(await checkPeer(vm, peer));
  if (!vm.settings.peers.some((peer) => /Genesys Cloud/.test(peer.name)))
    findings.push({
      check: 'reach Genesys Cloud',
      status: 'warning',
      expected: 'reached',
      found: 'not checked: its address is not in the .env',
      remedy: 'Set GENESYS_CLOUD_URL to the base_service_url of hybrid_integration.',
    });
  return findings;
}

async function checkPeer(vm: Vm, peer: Peer): Promise<Finding> {
  const address = `${peer.host.includes(':') ? `[${peer.host}]` : peer.host}:${peer.port}`;
  const check = `reach ${peer.name}`;
  const expected = `${address} reached`;
  const result = await reach(vm.session, peer.host, peer.port);
  if (result.outcome === 'reached') return { check, status: 'ok', expected, found: 'reached', remedy: '' };
  if (result.outcome === 'refused' && peer.ours)
    return { check, status: 'ok', expected, found: 'the VM answers; nothing listens there yet', remedy: '' };
  return {
    check,
    status: 'failed',
    expected,
    found: result.outcome === 'refused' ? `nothing listens on ${address}` : `${address}: ${result.reason}`,
    remedy: `Check the address in the .env, that ${peer.name} runs, and open the firewall from ${vm.host} to ${address}.`,
  };
}
