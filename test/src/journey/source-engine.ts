/** In place of a container engine: runs each service from its source, as what the image of the same name would be. */
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Runner, Running } from '@exec/exop/testing';
import { environmentOf, ServiceProcess } from './process-engine.ts';

export class SourceEngine implements Runner {
  /** The archive says in its first word which service it stands for. */
  async load(archive: Buffer): Promise<string> {
    const [service = ''] = gunzipSync(archive).toString('latin1').split(' ', 1);
    return `${service}:loaded`;
  }

  async start(image: string, composeFile: string): Promise<Running> {
    const service = image.replace(/:loaded$/, '');
    const main = fileURLToPath(new URL(`../../../packages/${service}/src/main.ts`, import.meta.url));
    return new ServiceProcess(main, await environmentOf(composeFile));
  }
}
