/** A base image with Java 17: the one that the bridge's Dockerfile names, or one made of this machine's JDK. */
import { readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Engine } from './engine.ts';
import { FileTree } from './file-tree.ts';
import { need } from './run.ts';

const shipped = 'gcr.io/distroless/java17-debian12:nonroot';
const local = 'local/java:17';
/** What the bridge uses of Java. */
const modules = ['java.base', 'java.logging', 'jdk.httpserver', 'jdk.crypto.ec'];

/** The shipped base where it can be pulled, else a local one, made by `make`. */
export async function javaBase(engine: Engine, make: () => Promise<void>): Promise<string> {
  if (!engine.isOwn && (await engine.tryDocker(['pull', '--quiet', shipped])).code === 0) return shipped;
  await make();
  return local;
}

/** `folder`: one of the caller's, beside which another may be made. */
export async function importJavaBase(engine: Engine, folder: string): Promise<void> {
  const tree = new FileTree(folder);
  const home = dirname(dirname(await realpath(await need('which', ['javac']))));
  const linked = `${folder}-java`;
  await need(join(home, 'bin/jlink'), [
    ...['--add-modules', modules.join(','), '--strip-debug', '--no-header-files', '--no-man-pages'],
    ...['--output', linked],
  ]);
  await tree.copy(linked, '/opt/java');
  // The libraries of the system that those of Java need; its own lie beside them.
  const libraries = join(home, 'lib');
  for (const name of await readdir(libraries))
    if (/^lib(?:jli|java|jimage|net|nio|zip|extnet)\.so$/.test(name))
      await tree.libraries(join(libraries, name));
  await tree.libraries(join(libraries, 'server/libjvm.so'));
  await tree.libraries(join(home, 'bin/java'));
  await tree.write('/etc/passwd', 'root:x:0:0::/:/none\nnonroot:x:65532:65532::/home/nonroot:/none\n');
  await tree.directory('/tmp', 0o1777);
  await tree.import(engine, local, ['ENV PATH=/opt/java/bin:/usr/bin:/bin', 'USER 65532']);
}
