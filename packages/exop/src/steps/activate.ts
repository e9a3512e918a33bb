/** Makes a release the current one on a VM and starts it. */
import type { ActiveRecord } from '../plan/difference.ts';
import type { Vm } from '../ssh/vm.ts';

const START_LIMIT_MS = 300_000;

/** The record comes first: if the start fails, it says what to go back to. */
export async function activate(vm: Vm, record: ActiveRecord): Promise<void> {
  await writeRecord(vm, record);
  await start(vm, record.current, false);
}

export async function start(vm: Vm, release: string, recreate: boolean): Promise<void> {
  const script = `${vm.composeOfRelease} up -d --remove-orphans${recreate ? ' --force-recreate' : ''}`;
  await vm.must('start the container', script, [vm.releaseDir(release)], { limitMs: START_LIMIT_MS });
}

export async function writeRecord(vm: Vm, record: ActiveRecord): Promise<void> {
  await vm.must(
    'write active.json',
    'cat > "$1/active.json.part" && mv -- "$1/active.json.part" "$1/active.json" && ln -sfn -- "releases/$2" "$1/current"',
    [vm.dir, record.current],
    { input: `${JSON.stringify(record)}\n` },
  );
}

/**
 * Removes the folders of releases that are neither current nor the one to go back to, and images that no release of the
 * VM has any more, that of a bridge beside it included; a failure is no fault, they only take space.
 */
export async function prune(vm: Vm, record: ActiveRecord): Promise<void> {
  const script = `
cd -- "$1/releases" || exit 0
for folder in */; do
  folder=\${folder%/}
  if [ "$folder" = "$2" ] || [ "$folder" = "$3" ]; then continue; fi
  image=$(sed -n 's/^ *image: "\\(.*\\)"$/\\1/p' "$folder/compose.yaml" 2>/dev/null)
  rm -rf -- "$folder"
  kept=$(find "$4" -name compose.yaml -exec sed -n 's/^ *image: "\\(.*\\)"$/\\1/p' {} + 2>/dev/null)
  if [ -n "$image" ] && ! printf '%s\\n' "$kept" | grep -qxF -- "$image"; then docker image rm "$image" >/dev/null 2>&1; fi
done
exit 0
`;
  await vm
    .script(script, [vm.dir, record.current, record.previous ?? record.current, vm.base])
    .catch(() => {});
}
