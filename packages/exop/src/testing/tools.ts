/** The programs of a test VM that a check asks: stand-ins for Docker, and a machine that is large enough. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What `df.txt` in the folder of a VM says. */
export const enoughSpace =
  'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda1 20000000 1000000 19000000 5% /\n';

export async function writeTools(root: string, bin: string): Promise<void> {
  const client = fileURLToPath(new URL('./stand-in-client.mjs', import.meta.url));
  for (const tool of ['docker', 'docker-compose'])
    await writeFile(
      join(bin, tool),
      `#!/bin/sh\nexec '${process.execPath}' '${client}' '${root}/docker.sock' ${tool} "$@"\n`,
      { mode: 0o755 },
    );
  await writeFile(join(bin, 'df'), `#!/bin/sh\ncat '${root}/df.txt'\n`, { mode: 0o755 });
  await writeFile(join(bin, 'nproc'), '#!/bin/sh\necho 4\n', { mode: 0o755 });
}
