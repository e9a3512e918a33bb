/** Starts a server in a container, if an engine answers; the library's reaper ends it when this process dies. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerRuntimeClient } from 'testcontainers';
import type { OwnServer } from './started-server.ts';

export interface ContainerWish {
  readonly image: string;
  /** Port inside the container. */
  readonly port: number;
  /** Port on this machine; the same after a restart. */
  readonly hostPort: number;
  readonly environment?: Record<string, string>;
  readonly command: string[];
  readonly url: (host: string, port: number) => string;
  /** Rejects as long as the server does not serve clients: a published port answers earlier than the server. */
  readonly serves: (url: string) => Promise<unknown>;
}

const READY_LIMIT_MS = 60_000;
const ASK_AGAIN_MS = 50;

/** @throws Error when no engine answers, the image cannot be had or the server does not come up. */
export async function startContainer(wish: ContainerWish): Promise<OwnServer> {
  // Loaded only where it is tried: the library is large.
  const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers');
  let client: ContainerRuntimeClient;
  try {
    client = await getContainerRuntimeClient();
  } catch {
    throw new Error('no container engine answers');
  }
  const started = await new GenericContainer(wish.image)
    .withEnvironment(wish.environment ?? {})
    .withCommand(wish.command)
    .withExposedPorts({ container: wish.port, host: wish.hostPort })
    .start();
  const url = wish.url(started.getHost(), wish.hostPort);
  const engine = client.container.getById(started.getId());
  const stop = async (): Promise<void> => {
    await started.stop({ remove: true, removeVolumes: true });
  };
  try {
    await untilServing(() => wish.serves(url));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    how: `container ${wish.image}, port ${wish.hostPort}`,
    pid: undefined,
    folder: undefined,
    stop,
    kill: async () => {
      await engine.kill();
    },
    restart: async () => {
      await engine.restart();
      await untilServing(() => wish.serves(url));
    },
  };
}

/** Asks until the server answers as it should; from outside a container there is no event to wait for. */
async function untilServing(ask: () => Promise<unknown>): Promise<void> {
  const limit = performance.now() + READY_LIMIT_MS;
  for (;;) {
    try {
      await ask();
      return;
    } catch (error) {
      if (performance.now() > limit) throw error;
      await delay(ASK_AGAIN_MS);
    }
  }
}
