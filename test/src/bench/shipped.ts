/** A service as its image runs it: one file, which needs some 30 MiB less than the sources and what reads them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, parts, type Service } from '@exec/release';

export interface ShippedService {
  /** The file that Node starts. */
  readonly main: string;
  remove(): Promise<void>;
}

export async function shippedService(service: Service): Promise<ShippedService> {
  const base = await mkdtemp(join(tmpdir(), 'exec-bench-'));
  const remove = () => rm(base, { recursive: true, force: true });
  try {
    const { folder } = await bundle(parts[service], base);
    return { main: join(folder, 'dist/main.js'), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
