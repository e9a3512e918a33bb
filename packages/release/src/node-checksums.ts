/** Whether a Node is the one that nodejs.org has published, by the list in the tree. Pure. */
import { createHash } from 'node:crypto';

export const nodeChecksumsFile = 'packages/release/node-checksums.txt';

/**
 * @param list lines as `sha256sum` writes them
 * @throws Error when the list does not know this Node, or another one
 */
export function checkNode(
  list: string,
  o: { readonly version: string; readonly architecture: string; readonly program: Buffer },
): void {
  const name = `node-v${o.version}-linux-${o.architecture}/bin/node`;
  const listed = list
    .split('\n')
    .map((line) => /^([0-9a-f]{64}) {2}(\S+)$/.exec(line))
    .find((parts) => parts?.[2] === name)?.[1];
  if (listed === undefined)
    throw new Error(
      `${nodeChecksumsFile} does not list ${name}: add it as the file says, or nothing is packaged`,
    );
  const found = createHash('sha256').update(o.program).digest('hex');
  if (found !== listed)
    throw new Error(
      `the Node ${o.version} for ${o.architecture} that is installed here is not the one of nodejs.org: ${nodeChecksumsFile} lists ${listed}, this one is ${found}`,
    );
}
