/** Whether a VM reaches every peer of the connectivity table, and whether those that speak Engage Link can be worked with. */
import { type ErrorCode, errorCodes } from '@exec/common/errors';
import type { Peer } from '../config/peers.ts';
import { reach, type Unreached } from '../ssh/onward.ts';
import type { Vm } from '../ssh/vm.ts';
import type { Finding } from './check.ts';
import { type LinkPeer, type Spoken, speakTo } from './engage-link.ts';

export async function checkPeers(vm: Vm): Promise<Finding[]> {
  const findings: Finding[] = [];
  const spoken: { readonly peer: LinkPeer; readonly spoken: Spoken }[] = [];
  for (const peer of vm.settings.peers) {
    if (!isLink(peer)) findings.push(await checkReach(vm, peer));
    else spoken.push({ peer, spoken: await speakTo(vm, peer) });
  }
  // Of a pair it is for the whole pair to have a primary.
  const pairs = Map.groupBy(spoken, ({ peer }) => peer.name.replace(/, .*$/, ''));
  for (const pair of pairs.values())
    for (const one of pair)
      findings.push(
        linkFinding(vm, one.peer, one.spoken, {
          of: pair.length,
          primary: pair.some((other) => isPrimary(other.spoken)),
        }),
      );
  if (vm.settings.service !== 'bridge' && !vm.settings.peers.some((peer) => /Genesys Cloud/.test(peer.name)))
    findings.push({
      check: 'reach Genesys Cloud',
      status: 'warning',
      expected: 'reached',
      found: 'not checked: its address is not in the .env',
      remedy: 'Set GENESYS_CLOUD_URL to the base_service_url of hybrid_integration.',
    });
  return findings;
}

async function checkReach(vm: Vm, peer: Peer): Promise<Finding> {
  const expected = `${addressOf(peer)} reached`;
  const check = `reach ${peer.name}`;
  const result = await reach(vm.session, peer.host, peer.port);
  if (result.outcome === 'reached') return { check, status: 'ok', expected, found: 'reached', remedy: '' };
  return unreached(vm, peer, expected, result);
}

function linkFinding(
  vm: Vm,
  peer: LinkPeer,
  spoken: Spoken,
  pair: { readonly of: number; readonly primary: boolean },
): Finding {
  const check = `reach ${peer.name}`;
  const expected = `${addressOf(peer)} speaks Engage Link`;
  if (spoken.outcome === 'unreached') return unreached(vm, peer, expected, spoken.why);
  if (spoken.outcome === 'failed')
    return {
      check,
      status: 'failed',
      expected,
      found: `${addressOf(peer)} ${spoken.message}`,
      remedy: remedyOf(spoken.code),
    };
  const { role, serverVersion, linkConnected } = spoken;
  const found = [
    role,
    spoken.protocolVersion,
    ...(serverVersion === undefined ? [] : [`server ${serverVersion}`]),
    `up since ${dateOf(spoken.serverStartTime)}`,
    ...(linkConnected === undefined ? [] : [`link to the switch ${linkConnected ? 'up' : 'down'}`]),
  ].join(', ');
  if (linkConnected === false)
    return { check, status: 'warning', expected, found, remedy: remedyOf('link.switch-unavailable') };
  if (!pair.primary)
    return {
      check,
      status: 'warning',
      expected,
      found: `${found}; no primary in its pair${pair.of === 1 ? ' (it has no second server in the .env)' : ''}`,
      remedy: remedyOf('link.not-primary'),
    };
  return { check, status: 'ok', expected, found, remedy: '' };
}

function unreached(vm: Vm, peer: Peer, expected: string, why: Unreached): Finding {
  const address = addressOf(peer);
  const check = `reach ${peer.name}`;
  if (why.outcome === 'refused' && peer.ours)
    return { check, status: 'ok', expected, found: 'the VM answers; nothing listens there yet', remedy: '' };
  return {
    check,
    status: 'failed',
    expected,
    found: why.outcome === 'refused' ? `nothing listens on ${address}` : `${address}: ${why.reason}`,
    remedy: `Check the address in the .env, that ${peer.name} runs, and open the firewall from ${vm.host} to ${address}.`,
  };
}

/** A peer may name any number of seconds. */
function dateOf(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'an impossible date' : `${date.toISOString().slice(0, 19)}Z`;
}

function isLink(peer: Peer): peer is LinkPeer {
  return peer.link !== undefined;
}

function isPrimary(spoken: Spoken): boolean {
  return spoken.outcome === 'accepted' && spoken.role === 'Primary';
}

function remedyOf(code: ErrorCode): string {
  return errorCodes[code].remedy;
}

function addressOf({ host, port }: Peer): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
