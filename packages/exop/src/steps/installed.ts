/** Reads what is installed on a VM: the record of releases, the files of one, what runs. */
import { parseJson } from '@exec/common/json-text';
import { z } from 'zod';
import { fieldsOf } from '../checks/facts.ts';
import { releaseLabel } from '../plan/compose.ts';
import type { ActiveRecord, Installed } from '../plan/difference.ts';
import type { Release } from '../plan/release.ts';
import type { Vm } from '../ssh/vm.ts';

const record = z.object({
  version: z.literal(1),
  current: z.string().min(1),
  previous: z.string().min(1).nullable(),
  run: z.string().min(1),
  state: z.enum(['started', 'done', 'undone']),
  elsewhere: z.string().min(1).optional(),
});

const overviewScript = `
say() { printf '%s\\t%s\\n' "$1" "$(printf %s "$2" | tr '\\n' ' ')"; }
[ -f "$1/active.json" ] && say active "$(cat "$1/active.json")"
say running "$(docker ps --filter label=com.docker.compose.project=$2 --format '{{.Label "${releaseLabel}"}}')"
say state "$(docker ps -a --filter label=com.docker.compose.project=$2 --format '{{.Status}}')"
`;

export interface Overview {
  readonly active: ActiveRecord | undefined;
  readonly running: string | undefined;
  /** Docker's words about the container, e.g. `Up 3 hours (healthy)`; empty when there is none. */
  readonly state: string;
}

export async function overviewOf(vm: Vm): Promise<Overview> {
  const fields = fieldsOf(await vm.must('look at the installation', overviewScript, [vm.dir, vm.project]));
  const active = fields.active === undefined ? undefined : record.safeParse(parseJson(fields.active)).data;
  return { active, running: fields.running || undefined, state: fields.state ?? '' };
}

const filesScript = `
cd -- "$1" 2>/dev/null || exit 0
for file in compose.yaml .env secrets/*; do
  [ -f "$file" ] && printf '%s %s %s\\n' "$(stat -c %a "$file")" "$(sha256sum < "$file" | cut -d ' ' -f 1)" "$file"
done
[ -d secrets ] && printf '%s - secrets\\n' "$(stat -c %a secrets)"
exit 0
`;

export async function installedOn(vm: Vm, release: Release, hasImage: boolean): Promise<Installed> {
  const { active, running } = await overviewOf(vm);
  const files = new Map<string, { readonly sha256: string; readonly mode: string }>();
  let secretsMode: string | undefined;
  const listed = await vm.must('look at the release', filesScript, [vm.releaseDir(release.id)]);
  for (const line of listed.split('\n')) {
    const [mode, sha256, path] = line.trim().split(' ');
    if (mode === undefined || sha256 === undefined || path === undefined) continue;
    if (path === 'secrets') secretsMode = mode;
    else files.set(path, { mode, sha256 });
  }
  return { active, running, files, secretsMode, hasImage };
}
