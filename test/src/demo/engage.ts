/** The Engage side of the demo: a process of its own, or one in this process with bridges before its servers. */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@exec/common/clock';
import {
  type EngageAddresses,
  type EngageCommand,
  type EngageCommandInput,
  type EngageConfigInput,
  type EngageProcess,
  EngageSide,
  type EngageStatus,
  engageCommand,
  engageConfig,
} from '@exec/simulators/scenarios';
import { ensureBuilt } from '../bridge/bridge-process.ts';
import { BridgePair, NativePair } from '../bridge/pairs.ts';

export interface Engage
  extends Pick<EngageProcess, 'addresses' | 'playDay' | 'playScenarios' | 'status' | 'stop'> {
  /** Where each bridge tells its metrics, if there are bridges. */
  readonly bridges?: readonly { readonly name: string; readonly address: string }[];
}

interface Watcher {
  readonly logFolder: string;
  readonly died: (name: string, how: string) => void;
}

/**
 * Switches and agents of this process, native servers that tell of them, and before each server a bridge that runs on
 * the double of the SDK: EXAS and EXCP reach nothing else.
 */
export class BridgedEngage implements Engage {
  readonly addresses: EngageAddresses;
  readonly #side: EngageSide;
  readonly #pairs: readonly BridgePair[];
  readonly #ends: AsyncDisposableStack;

  private constructor(
    side: EngageSide,
    pairs: readonly BridgePair[],
    addresses: EngageAddresses,
    ends: AsyncDisposableStack,
  ) {
    this.#side = side;
    this.#pairs = pairs;
    this.addresses = addresses;
    this.#ends = ends;
  }

  /** @throws NoJavaError */
  static async start(config: EngageConfigInput, watcher: Watcher): Promise<BridgedEngage> {
    await ensureBuilt();
    const ends = new AsyncDisposableStack();
    try {
      const side = await EngageSide.start(engageConfig.parse(config), systemClock);
      ends.defer(() => side.close());
      const stat = await pairBefore('statserver', await NativePair.stat(side.states), 'stat', watcher, ends);
      const sites: EngageAddresses['sites'][number][] = [];
      const pairs = [stat];
      for (const [name, on] of side.switches) {
        const label = `sip-${sites.length + 1}`;
        const pair = await pairBefore('tserver', await NativePair.sip(on), label, watcher, ends);
        pairs.push(pair);
        sites.push({ switch: name, sip: pair.addresses });
      }
      return new BridgedEngage(side, pairs, { sites, stat: stat.addresses }, ends);
    } catch (error) {
      await ends.disposeAsync();
      throw error;
    }
  }

  get bridges(): NonNullable<Engage['bridges']> {
    return this.#pairs.flatMap(({ bridges }, pair) =>
      bridges.map(({ httpPort }, index) => ({
        name: `bridge-${pair + 1}-${index + 1}`,
        address: `127.0.0.1:${httpPort}`,
      })),
    );
  }

  playDay(o: Parameters<Engage['playDay']>[0]): ReturnType<Engage['playDay']> {
    return this.#side.playDay(parsed({ command: 'play-day', ...o }));
  }

  playScenarios(o: Parameters<Engage['playScenarios']>[0] = {}): ReturnType<Engage['playScenarios']> {
    return this.#side.playScenarios(parsed({ command: 'play-scenarios', ...o }));
  }

  /** Addresses are registered at the native servers: by the bridges, once for all their clients. */
  async status(): Promise<EngageStatus> {
    const bridges = this.#pairs.flatMap((pair) => pair.bridges);
    const registered = await Promise.all(bridges.map((one) => one.metric('bridge_registered_addresses')));
    return { ...this.#side.status(), registeredAddresses: registered.reduce((sum, one) => sum + one, 0) };
  }

  async stop(): Promise<null> {
    await this.#ends.disposeAsync();
    return null;
  }
}

function parsed<Name extends EngageCommand['command']>(
  command: EngageCommandInput & { readonly command: Name },
): Extract<EngageCommand, { command: Name }> {
  return engageCommand.parse(command) as Extract<EngageCommand, { command: Name }>;
}

async function pairBefore(
  side: 'tserver' | 'statserver',
  natives: NativePair,
  name: string,
  { logFolder, died }: Watcher,
  ends: AsyncDisposableStack,
): Promise<BridgePair> {
  ends.defer(() => natives.close());
  const pair = await BridgePair.start(side, natives, [], (index) => {
    const label = `bridge-${name}-${index === 0 ? 'primary' : 'backup'}`;
    const log = createWriteStream(join(logFolder, `${label}.log`));
    return { onLine: (line) => void log.write(`${line}\n`), onDeath: (how) => died(label, how) };
  });
  ends.defer(() => pair.stop());
  return pair;
}
