/** Asks a VM what it is: one script, one answer, read by a schema. */
import { z } from 'zod';
import { releaseLabel } from '../plan/compose.ts';
import type { Vm } from '../ssh/vm.ts';

/** Prints `name<TAB>value` lines. `$1`: the installation folder, `$2`: the wanted image, `$3`: the compose project. */
const factsScript = `
say() { printf '%s\\t%s\\n' "$1" "$(printf %s "$2" | tr '\\n' ' ')"; }
say system "$(uname -s)"
say machine "$(uname -m)"
say kernel "$(uname -r)"
say cores "$(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null)"
say memoryKib "$(sed -n 's/^MemTotal: *\\([0-9]*\\).*/\\1/p' /proc/meminfo)"
dir=$1
while [ ! -d "$dir" ]; do dir=$(dirname -- "$dir"); done
say installDisk "$(df -Pk -- "$dir" 2>/dev/null | tail -n 1)"
if [ -w "$dir" ]; then say writable yes; else say writable no; fi
if answer=$(docker version --format '{{.Server.Version}}' 2>&1); then say docker "$answer"
else say dockerProblem "$(printf %s "$answer" | tail -n 1)"; fi
say composeV2 "$(docker compose version --short 2>/dev/null)"
say composeV1 "$(compose_v1 version --short 2>/dev/null)"
root=$(docker info --format '{{.DockerRootDir}}' 2>/dev/null)
say dockerDisk "$(df -Pk -- "\${root:-/}" 2>/dev/null | tail -n 1)"
say listening "$(awk '$4 == "0A" { n = split($2, a, ":"); print a[n] }' /proc/net/tcp /proc/net/tcp6 2>/dev/null)"
say containers "$(docker ps --filter label=com.docker.compose.project=$3 --format '{{.Label "${releaseLabel}"}};{{.Ports}};{{.Status}}' 2>/dev/null)"
if docker image inspect --format '{{.Id}}' "$2" >/dev/null 2>&1; then say image yes; else say image no; fi
`;

const number = z.coerce.number().int().nonnegative();
const factsSchema = z.object({
  system: z.string(),
  machine: z.string(),
  kernel: z.string(),
  cores: number,
  memoryKib: number,
  installDisk: z.string(),
  writable: z.enum(['yes', 'no']),
  docker: z.string().default(''),
  dockerProblem: z.string().default(''),
  composeV2: z.string().default(''),
  composeV1: z.string().default(''),
  dockerDisk: z.string(),
  listening: z.string().default(''),
  containers: z.string().default(''),
  image: z.enum(['yes', 'no']),
});

export interface Facts extends Omit<z.infer<typeof factsSchema>, 'image' | 'writable' | 'listening'> {
  readonly writable: boolean;
  readonly hasImage: boolean;
  /** Ports on which something listens. */
  readonly listening: ReadonlySet<number>;
}

/** @throws ExecError exop.connection-lost; ZodError when the VM answers something that is no Linux */
export async function factsOf(vm: Vm, image: string): Promise<Facts> {
  const result = await vm.script(factsScript, [vm.dir, image, vm.project], { limitMs: 120_000 });
  const { writable, image: there, listening, ...rest } = factsSchema.parse(fieldsOf(result.stdout));
  return {
    ...rest,
    writable: writable === 'yes',
    hasImage: there === 'yes',
    listening: new Set(
      listening
        .split(' ')
        .filter((port) => port !== '')
        .map((port) => Number.parseInt(port, 16)),
    ),
  };
}

export function fieldsOf(output: string): Record<string, string> {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const line of output.split('\n')) {
    const tab = line.indexOf('\t');
    if (tab > 0) fields[line.slice(0, tab)] = line.slice(tab + 1).trim();
  }
  return fields;
}

/** Milliseconds by which the VM's clock is ahead, and how uncertain that is. */
export async function clockOffset(
  vm: Vm,
): Promise<{ readonly offsetMs: number; readonly uncertainMs: number }> {
  const asked = Date.now();
  const result = await vm.script('date +%s%N');
  const answered = Date.now();
  const theirs = Number(result.stdout.trim().slice(0, -6));
  return { offsetMs: theirs - (asked + answered) / 2, uncertainMs: (answered - asked) / 2 };
}
