/** The folder that the containers of the sample share: secrets and certificates, made anew for each set-up. */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificate } from '@exec/engage-link/testing';
import { z } from 'zod';
import { defaultOrganizationId } from '../genesys-cloud/options.ts';

const client = z.strictObject({ clientId: z.string(), clientSecret: z.string() });
const placeSchema = z.strictObject({
  organizationId: z.string(),
  clients: z.strictObject({
    config_sync: client,
    agent_state_sync: client,
    conversation_provider: client,
  }),
});

export type SamplePlace = z.infer<typeof placeSchema>;

export interface SampleFiles {
  readonly place: SamplePlace;
  readonly certificate: string;
  readonly key: string;
}

/** Makes what is missing; what is there stays, so that a restart changes no secret. */
export async function prepareFolder(folder: string, host: string): Promise<SampleFiles> {
  await mkdir(folder, { recursive: true });
  const file = (name: string) => join(folder, name);
  const secret = () => randomBytes(24).toString('base64url');
  const place: SamplePlace = {
    organizationId: defaultOrganizationId,
    clients: {
      config_sync: { clientId: 'config-sync', clientSecret: secret() },
      agent_state_sync: { clientId: 'agent-state-sync', clientSecret: secret() },
      conversation_provider: { clientId: 'conversation-provider', clientSecret: secret() },
    },
  };
  await ensure(file('sample.json'), () => `${JSON.stringify(place, null, 2)}\n`);
  await ensure(file('api_token'), () => `${randomBytes(32).toString('base64url')}\n`);
  await ensure(file('api_read_token'), () => `${randomBytes(32).toString('base64url')}\n`);
  await ensure(file('settings_key'), () => `${randomBytes(32).toString('base64')}\n`);
  const authority = makeCertificate({ name: 'Sample authority' });
  const served = makeCertificate({
    name: host,
    hosts: [host, 'localhost', '127.0.0.1'],
    issuer: { name: 'Sample authority', key: authority.key },
  });
  // One file tells whether all three were made: they belong together.
  if (await ensure(file('cloud.key'), () => served.key)) {
    await writeFile(file('cloud.pem'), served.cert, { mode: 0o400 });
    await writeFile(file('ca.pem'), authority.cert, { mode: 0o400 });
  }
  return readFolder(folder);
}

/** @throws Error when the folder was not prepared */
export async function readFolder(folder: string): Promise<SampleFiles> {
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  return {
    place: placeSchema.parse(JSON.parse(await read('sample.json'))),
    certificate: await read('cloud.pem'),
    key: await read('cloud.key'),
  };
}

/** Answers whether the file was made. */
async function ensure(path: string, content: () => string): Promise<boolean> {
  try {
    await writeFile(path, content(), { flag: 'wx', mode: 0o400 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
