/** Compares our presence source: created once, set back when it was changed, never deleted. */
import type { DiffContext } from './context.ts';
import { phases } from './operation.ts';

export function diffSource(context: DiffContext): void {
  const { desired, known } = context;
  const { source, wantedSource } = known;
  const same =
    source !== undefined &&
    !source.deactivated &&
    source.name === wantedSource.name &&
    source.description === wantedSource.description;
  if (same) return;
  context.add({
    id: `source/${source === undefined ? 'create' : 'update'}/${desired.tenant.dbid}`,
    kind: 'source',
    operation: source === undefined ? 'create' : 'update',
    engage: context.engage('tenant', desired.tenant.dbid, desired.tenant.name),
    cloudId: source?.id,
    reason: source === undefined ? 'every deployment has one source of its own' : 'the source was changed',
    before: source === undefined ? undefined : `${source.name} (${source.description})`,
    after: `${wantedSource.name} (${wantedSource.description})`,
    phase: phases.source,
    lane: 'source',
    work: { do: 'source' },
  });
}
