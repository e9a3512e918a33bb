/** Compares our presence source: created once, set back when it was changed, never deleted. */
import type { DiffContext } from './context.ts';

/**
 * @rule The presence source is created once, set back when it was changed, and never deleted.
 * @test plan/diff.test.ts: a source that was changed by hand
 * @page docs/reference/mapping.md#what-becomes-what
 */
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
    ...context.about(
      source === undefined ? 'source.create' : 'source.update',
      'tenant',
      desired.tenant.dbid,
      desired.tenant.name,
    ),
    cloudId: source?.id,
    reason: source === undefined ? 'every deployment has one source of its own' : 'the source was changed',
    before: source === undefined ? undefined : `${source.name} (${source.description})`,
    after: `${wantedSource.name} (${wantedSource.description})`,
    serialKey: 'source',
    source: { name: wantedSource.name, description: wantedSource.description },
  });
}
