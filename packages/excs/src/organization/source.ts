/** How our presence source is named and marked, and how it is found again. */
import { foldCase } from '../desired/names.ts';
import type { CloudSource } from '../plan/organization.ts';

const marker = 'EX Engage Connector, deployment ';

/** The description says whose deployment it is: two deployments for one organisation would undo each other. */
export function wantedSource(tenant: number, deploymentId: string): { name: string; description: string } {
  return { name: `Engage ${tenant}`, description: `${marker}${deploymentId}` };
}

/** ID of the deployment that has marked the source; undefined when none has. */
export function deploymentOf(description: string): string | undefined {
  const at = description.indexOf(marker);
  const id =
    at < 0
      ? ''
      : description
          .slice(at + marker.length)
          .trim()
          .split(/\s/, 1)[0];
  return id === '' ? undefined : id;
}

/**
 * @rule Our Source is found by the mark in its description first, then by name; a foreign mark stops everything.
 * @test sync/safety.test.ts: another deployment has marked the organisation: nothing is written until TAKEOVER
 */
export function findSource(
  sources: readonly CloudSource[],
  wanted: { readonly name: string; readonly description: string },
): CloudSource | undefined {
  return (
    sources.find((source) => source.description.includes(wanted.description)) ??
    sources.find((source) => foldCase(source.name) === foldCase(wanted.name))
  );
}
