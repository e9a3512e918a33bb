/** The fake Genesys Cloud behind TLS: the services take plain http on their own machine only. */
import { connect, type Server } from 'node:net';
import { pipeline } from 'node:stream';
import { createServer } from 'node:tls';
import { FakeGenesysCloud } from '../genesys-cloud/index.ts';
import type { SampleFiles } from './sample-folder.ts';

export interface CloudRole {
  close(): Promise<void>;
}

export async function startCloud(
  files: SampleFiles,
  options: { readonly port: number; readonly requestsPerMinute: number },
): Promise<CloudRole> {
  const fake = await FakeGenesysCloud.start({
    organizationId: files.place.organizationId,
    clients: Object.values(files.place.clients).map((client) => ({ ...client, name: client.clientId })),
    requestsPerMinute: options.requestsPerMinute,
  });
  const front = createServer(
    { cert: files.certificate, key: files.key, minVersion: 'TLSv1.2' },
    (outside) => {
      const inside = connect(Number(new URL(fake.url).port), '127.0.0.1');
      // Either end may go first; then the other one has nobody to speak to.
      pipeline(outside, inside, () => undefined);
      pipeline(inside, outside, () => undefined);
    },
  );
  front.on('tlsClientError', () => undefined);
  await listening(front, options.port);
  return {
    async close() {
      const closed = new Promise<void>((resolve) => {
        front.close(() => resolve());
      });
      await fake.close();
      await closed;
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '0.0.0.0', resolve);
  });
}
