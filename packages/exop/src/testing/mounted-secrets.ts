/** The secrets of a container as it sees them: the very files that were mounted when it was made, whatever is put in their place. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { dirname, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';

interface Mounted {
  readonly fd: number;
  seen: string;
  changes: number;
}

export class MountedSecrets {
  /** By the variable that holds the path. */
  readonly #mounted: ReadonlyMap<string, Mounted>;

  constructor(composeFile: string) {
    const composed = readFileSync(composeFile, 'utf8');
    const paths = new Map(
      [...composed.matchAll(/^ {2}(\w+):\n {4}file: "(.*)"$/gm)].map(([, name = '', path = '']) => [
        name,
        resolve(dirname(composeFile), path),
      ]),
    );
    this.#mounted = new Map(
      [...composed.matchAll(/^ {6}(\w+): "\/run\/secrets\/(\w+)"$/gm)].map(([, variable = '', name = '']) => {
        const fd = openSync(paths.get(name) ?? '', 'r');
        return [variable, { fd, seen: contentOf(fd), changes: 0 }];
      }),
    );
  }

  read(variable: string): string {
    const one = this.#mounted.get(variable);
    return one === undefined ? '' : contentOf(one.fd);
  }

  /** What a service that follows its files tells of them; of those in `refuses` it keeps the old content. */
  metrics(refuses: ReadonlySet<string>): string {
    const lines = [...this.#mounted].flatMap(([variable, one]) => {
      const content = contentOf(one.fd);
      const isNew = content !== one.seen;
      const isRefused = isNew && refuses.has(variable);
      if (isNew && !isRefused) {
        one.seen = content;
        one.changes += 1;
      }
      return [
        `exec_followed_file_refused{service="test",file="${variable}"} ${Number(isRefused)}`,
        ...(one.changes === 0
          ? []
          : [`exec_followed_file_changes_total{service="test",file="${variable}"} ${one.changes}`]),
      ];
    });
    return `${lines.join('\n')}\n`;
  }

  /** Speaks TLS where there is a certificate; each connection is shown the one of now, once its key fits. */
  server(answer: RequestListener): Server {
    const pair = () => ({ cert: this.read('TLS_CERT_FILE'), key: this.read('TLS_KEY_FILE') });
    if (pair().cert === '') return createHttpServer(answer);
    const server = createHttpsServer(pair(), answer);
    return server.prependListener('connection', () => {
      try {
        createSecureContext(pair());
        server.setSecureContext(pair());
      } catch {
        // One of the two is new and the other not yet.
      }
    });
  }

  close(): void {
    for (const { fd } of this.#mounted.values()) closeSync(fd);
  }
}

function contentOf(fd: number): string {
  const { size } = fstatSync(fd);
  const bytes = Buffer.alloc(size);
  return bytes.toString('utf8', 0, readSync(fd, bytes, 0, size, 0));
}
