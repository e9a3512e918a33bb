/** Starts a server in a container, if an engine answers; the library's reaper ends it when this process dies. */
import type { ContainerRuntimeClient } from 'testcontainers';
import type { OwnServer } from './started-server.ts';

export interface ContainerWish {
  readonly image: string;
  /** Port inside the container. */
  readonly port: number;
  readonly environment?: Record<string, string>;
  readonly command?: string[];
  readonly readyText: RegExp;
  /** How often the ready text appears until the server is really ready. */
  readonly readyTimes?: number;
  /** Port on this machine; the same after a restart. */
  readonly hostPort: number;
  readonly url: (host: string, port: number) => string;
}

/** @throws Error when no engine answers or the image cannot be had. */
export async function startContainer(wish: ContainerWish): Promise<OwnServer> {
  // Loaded only where it is tried: the library is large.
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import('testcontainers');
  let client: ContainerRuntimeClient;
  try {
    client = await getContainerRuntimeClient();
  } catch {
    throw new Error('no container engine answers');
  }
  const started = await new GenericContainer(wish.image)
    .withEnvironment(wish.environment ?? {})
    .withCommand(wish.command ?? [])
    .withExposedPorts({ container: wish.port, host: wish.hostPort })
    .withWaitStrategy(Wait.forLogMessage(wish.readyText, wish.readyTimes ?? 1))
    .start();
  const engine = client.container.getById(started.getId());
  return {
    url: wish.url(started.getHost(), wish.hostPort),
    how: `container ${wish.image}, port ${wish.hostPort}`,
    pid: undefined,
    folder: undefined,
    stop: async () => {
      await started.stop({ remove: true, removeVolumes: true });
    },
    kill: async () => {
      await engine.kill();
    },
    restart: () => started.restart(),
  };
}
