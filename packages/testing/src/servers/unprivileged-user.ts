/** As whom a server runs, and which folders that user can reach: PostgreSQL refuses to run as root. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';

export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user for servers when this process is root (`postgres` where it exists, else `nobody`), otherwise none.
 * A name is needed, not only a number: initdb looks its own user up.
 */
export async function serverUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const entries = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const entry = entries.find((fields) => fields[0] === name);
    if (entry !== undefined) return { uid: Number(entry[2]), gid: Number(entry[3]) };
  }
  throw new Error('running as root, and there is neither a user "postgres" nor "nobody" to run servers as');
}

/** Whether the user may pass through every folder from the root down to this one. */
export async function isPassable(folder: string, user: ServerUser | undefined): Promise<boolean> {
  if (user === undefined) return true;
  try {
    for (let path = await realpath(folder); ; path = dirname(path)) {
      const { mode, uid, gid } = await stat(path);
      const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
      if (((mode >> shift) & 0o1) === 0) return false;
      if (path === '/') return true;
    }
  } catch {
    return false;
  }
}

/** A folder in which a temporary folder can be made that the user can reach. */
export async function temporaryBase(user: ServerUser | undefined): Promise<string> {
  const candidates = [tmpdir(), '/tmp', '/var/tmp', '/dev/shm'];
  for (const folder of candidates) {
    if (await isPassable(folder, user)) return folder;
  }
  throw new Error(
    `no temporary folder can be reached by the server's user; looked at ${candidates.join(', ')}`,
  );
}
