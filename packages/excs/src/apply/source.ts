/** Carries out the steps for our presence source: looks for it, creates it once, sets it back, makes it the default. */
import type { PresenceSource } from '@exec/common/genesys-cloud';
import { findSource } from '../organization/source.ts';
import type { OperationOf } from '../plan/operation.ts';
import type { CloudSource } from '../plan/organization.ts';
import { type ApplyContext, isUnknown, onceVisible, record, type StepResult } from './context.ts';

/** @throws CloudError: what the cloud answered; `cloud.outcome-unknown` where the request may have been carried out and no source is found */
export async function applySource(
  context: ApplyContext,
  operation: OperationOf<'source.create' | 'source.update'>,
): Promise<StepResult> {
  const { cloud, state, signal } = context;
  const { name, description } = operation.source;
  const body = { name, description, type: 'User' as const };
  const known = state.source;
  if (known !== undefined) {
    await keep(
      context,
      await cloud.presence.updateSource(known.id, { ...body, deactivated: false }, { signal }),
    );
    return 'done';
  }
  // Names of sources are not unique: look before creating, and again when the outcome is not known.
  const look = async () => findSource(await listed(context), operation.source);
  const existing = await look();
  let source: CloudSource;
  if (existing !== undefined) source = existing;
  else
    try {
      source = sourceOf(await cloud.presence.createSource(body, { signal }));
    } catch (error) {
      const found = isUnknown(error) ? await look() : undefined;
      if (found === undefined) throw error;
      source = found;
    }
  await keep(context, source, existing !== undefined);
  return existing === undefined ? 'done' : 'adopted';
}

/**
 * @rule What else the presence settings of the organisation hold stays as it is.
 * @test apply/source.test.ts
 */
export async function setDefaultSource(context: ApplyContext): Promise<StepResult> {
  const { cloud, state, signal } = context;
  const { source } = state;
  if (source === undefined) return 'skipped';
  const settings = await cloud.presence.settings({ signal });
  if (settings.defaultPrimaryPresenceRegisteredSourceId !== source.id)
    await onceVisible(context, () =>
      cloud.presence.updateSettings(
        { ...settings, defaultPrimaryPresenceRegisteredSourceId: source.id },
        { signal },
      ),
    );
  state.defaultSourceId = source.id;
  return 'done';
}

async function listed({ cloud, signal }: ApplyContext): Promise<CloudSource[]> {
  return (await cloud.presence.sources({ signal })).map(sourceOf);
}

async function keep(
  context: ApplyContext,
  source: PresenceSource | CloudSource,
  adopted = false,
): Promise<void> {
  const { state, ledger } = context;
  const before = state.source;
  state.source = sourceOf(source);
  if (before?.id !== source.id) await record(context, ledger.keys.source({ id: source.id, adopted }));
}

function sourceOf(source: PresenceSource | CloudSource): CloudSource {
  return {
    id: source.id,
    name: source.name,
    description: source.description ?? '',
    deactivated: source.deactivated ?? false,
  };
}
