/**
 * Compares our presence source: created once, set back when it was changed, never deleted; and, where that is wanted, the
 * default of the organisation.
 */
import type { DiffContext } from './context.ts';

export function diffSource(context: DiffContext): void {
  ownSource(context);
  defaultSource(context);
}

/**
 * @rule The presence source is created once, set back when it was changed, and never deleted.
 * @test plan/diff.test.ts: a source that was changed by hand
 * @page docs/reference/mapping.md#what-becomes-what
 */
function ownSource(context: DiffContext): void {
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

/**
 * @rule With PRIMARY_SOURCE_SCOPE=organization our Source is the default of the organisation, and set for a user only
 *   where another one was found.
 * @test plan/diff.test.ts: the default source of the organisation that was changed by hand
 * @test plan/diff.test.ts: a user with another source than the default
 */
function defaultSource(context: DiffContext): void {
  const { desired, known } = context;
  const { source, wantedSource, defaultSourceId } = known;
  if (known.primarySourceScope === 'user') return;
  if (source !== undefined && source.id === defaultSourceId) return;
  context.add({
    ...context.about('default-source.set', 'tenant', desired.tenant.dbid, desired.tenant.name),
    cloudId: source?.id,
    reason:
      defaultSourceId === undefined
        ? 'the organisation has no default source'
        : 'another source is the default of the organisation',
    before: defaultSourceId,
    after: wantedSource.name,
    // After the step that creates it.
    serialKey: 'source',
  });
}
