/** One SSH connection to a VM: commands with their input and output, and connections onwards from there. */
import { readFileSync } from 'node:fs';
import type { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ExecError } from '@exec/common/errors';
import ssh2, { type Client, type ClientChannel, type ConnectConfig, type ServerHostKeyAlgorithm } from 'ssh2';
import type { SshSettings } from '../config/deployment.ts';
import { fingerprintOf, type HostVerdict, type KnownKey, keysOf, typeOf, verdictOn } from './known-hosts.ts';

const CONNECT_LIMIT_MS = 20_000;
const KEEPALIVE_MS = 10_000;
const KEEPALIVES_MISSED = 3;
/** More output than this of one command is not kept, in characters. */
const OUTPUT_KEPT = 1_048_576;

export interface SshTarget {
  readonly host: string;
  readonly port: number;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: string | Readable;
  /** Default 60 s. A command that moves much data is given more. */
  readonly limitMs?: number;
  /** Gets standard output as it comes, instead of it being kept. */
  readonly onOutput?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export class SshSession {
  readonly #client: Client;
  readonly #target: SshTarget;
  #lost: string | undefined;

  private constructor(client: Client, target: SshTarget) {
    this.#client = client;
    this.#target = target;
    client.on('error', (error) => {
      this.#lost ??= error.message;
    });
    client.on('close', () => {
      this.#lost ??= 'the connection was closed';
    });
  }

  /**
   * @throws ExecError exop.host-unknown, exop.host-changed, exop.host-unreachable, exop.login-refused,
   * exop.key-invalid
   */
  static async connect(target: SshTarget, settings: SshSettings): Promise<SshSession> {
    const known = keysOf(readFileSync(settings.knownHostsFile, 'utf8'), target.host, target.port);
    const client = new ssh2.Client();
    let refused: ExecError | undefined;
    const config: ConnectConfig = {
      host: target.host,
      port: target.port,
      username: settings.user,
      readyTimeout: CONNECT_LIMIT_MS,
      keepaliveInterval: KEEPALIVE_MS,
      keepaliveCountMax: KEEPALIVES_MISSED,
      ...login(settings),
      ...preferring(known),
      hostVerifier: (shown: Buffer): boolean => {
        const verdict = verdictOn(known, shown);
        if (verdict !== 'known') refused = hostError(verdict, target, shown, settings.knownHostsFile);
        return verdict === 'known';
      },
    };
    try {
      await new Promise<void>((resolve, reject) => {
        client.once('ready', resolve);
        client.once('error', reject);
        client.once('close', () => reject(new Error('the connection was closed')));
        client.connect(config);
      });
    } catch (error) {
      client.on('error', () => {});
      client.destroy();
      throw refused ?? connectError(error, target, settings);
    }
    return new SshSession(client, target);
  }

  /**
   * Runs a command; its exit code is part of the answer.
   * @throws ExecError exop.connection-lost, also when the command takes longer than its limit
   */
  async run(command: string, options: CommandOptions = {}): Promise<CommandResult> {
    const limit = options.limitMs ?? 60_000;
    const running = Promise.withResolvers<CommandResult>();
    // Wired inside the callback: the whole answer may stand in the packet that opens the channel.
    const channel = await this.#open(
      (done) => this.#client.exec(command, done),
      (opened) => this.#wire(opened, options, running),
    );
    const timer = setTimeout(() => {
      running.reject(this.#error(`a command took longer than ${Math.round(limit / 1000)} s`));
      channel.close();
    }, limit);
    // The VM answers a close only when the command has ended; nobody waits for that.
    const abort = (): void => {
      running.resolve({ code: 130, stdout: '', stderr: '' });
      channel.close();
    };
    options.signal?.addEventListener('abort', abort, { once: true });
    if (options.signal?.aborted === true) abort();
    try {
      return await running.promise;
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
    }
  }

  #wire(channel: ClientChannel, options: CommandOptions, running: PromiseWithResolvers<CommandResult>): void {
    // Node destroys a stream when both its directions are done; ssh2 would close the channel then, and an exit
    // code that is still on its way would be lost.
    channel.destroy = () => channel;
    const out = collect(channel, options.onOutput);
    const err = collect(channel.stderr);
    let code: number | null = null;
    channel.once('exit', (exit: number | null) => {
      code = exit;
    });
    channel.once('close', () => {
      if (code === null) running.reject(this.#error(this.#lost ?? 'a command ended without an exit code'));
      else running.resolve({ code, stdout: out(), stderr: err() });
    });
    channel.on('error', () => {});
    void feed(channel, options.input);
  }

  /**
   * A TCP connection that the VM opens.
   * @throws Error with the words of the VM's SSH server when it cannot
   */
  async forward(host: string, port: number): Promise<Duplex> {
    return await this.#open((done) => this.#client.forwardOut('127.0.0.1', 0, host, port, done));
  }

  /** A command as a stream of its input and its output; ends with either, or when the stream is destroyed. */
  async stream(command: string): Promise<Duplex> {
    return await this.#open(
      (done) => this.#client.exec(command, done),
      (channel) => channel.stderr.resume(),
    );
  }

  close(): void {
    this.#lost ??= 'the session was closed here';
    this.#client.end();
  }

  #open(
    ask: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
    wire: (channel: ClientChannel) => void = () => {},
  ): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      if (this.#lost !== undefined) {
        reject(this.#error(this.#lost));
        return;
      }
      const closed = (): void => reject(this.#error(this.#lost ?? 'the connection was closed'));
      this.#client.once('close', closed);
      ask((error, channel) => {
        this.#client.removeListener('close', closed);
        if (error !== undefined) {
          reject(error);
          return;
        }
        wire(channel);
        resolve(channel);
      });
    });
  }

  #error(reason: string): ExecError {
    return new ExecError('exop.connection-lost', `${this.#target.host}:${this.#target.port}: ${reason}`, {
      retryable: true,
    });
  }
}

function collect(stream: Readable, onOutput?: (text: string) => void): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    if (onOutput !== undefined) onOutput(chunk);
    else if (text.length < OUTPUT_KEPT) text += chunk;
  });
  return () => text;
}

async function feed(channel: ClientChannel, input: string | Readable | undefined): Promise<void> {
  if (input === undefined || typeof input === 'string') {
    channel.end(input);
    return;
  }
  // A command that ends early closes its input; its exit code and its words tell why.
  await pipeline(input, channel, { end: true }).catch(() => {});
}

function login(settings: SshSettings): Partial<ConnectConfig> {
  if (settings.keyFile === undefined)
    return settings.agentSocket === undefined ? {} : { agent: settings.agentSocket };
  const passphrase = settings.passphrase?.reveal();
  const text = readFileSync(settings.keyFile);
  const parsed = ssh2.utils.parseKey(text, passphrase);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key instanceof Error || key === undefined || !key.isPrivateKey())
    throw new ExecError(
      'exop.key-invalid',
      `${settings.keyFile} cannot be used${key instanceof Error ? `: ${key.message}` : ': it is no private key'}`,
    );
  return { privateKey: text, ...(passphrase === undefined ? {} : { passphrase }) };
}

/** Asks for the kinds of key that are known first, as OpenSSH does: a VM has several, the file often one. */
function preferring(known: readonly KnownKey[]): Partial<ConnectConfig> {
  const order: ServerHostKeyAlgorithm[] = [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ];
  const types = new Set(known.map(({ type }) => type));
  const isKnown = (name: string): boolean => types.has(name.startsWith('rsa-') ? 'ssh-rsa' : name);
  return {
    algorithms: { serverHostKey: [...order.filter(isKnown), ...order.filter((name) => !isKnown(name))] },
  };
}

function hostError(verdict: HostVerdict, target: SshTarget, shown: Buffer, file: string): ExecError {
  const name = target.port === 22 ? target.host : `[${target.host}]:${target.port}`;
  const key = `${typeOf(shown)} ${fingerprintOf(shown)}`;
  const scan = `ssh-keyscan -p ${target.port} ${target.host} >> ${file}`;
  if (verdict === 'unknown')
    return new ExecError(
      'exop.host-unknown',
      `${name} is not in ${file}. It shows ${key}: compare it on the console of the VM, then: ${scan}`,
    );
  const why =
    verdict === 'revoked' ? 'shows a key that is revoked' : 'shows another key than the one that is known';
  return new ExecError(
    'exop.host-changed',
    `${name} ${why} in ${file}: ${key}. If the VM was installed again: ssh-keygen -R '${name}' -f ${file}, then: ${scan}`,
  );
}

function connectError(error: unknown, target: SshTarget, settings: SshSettings): ExecError {
  if (error instanceof ExecError) return error;
  const { level, message } = error as { readonly level?: string; readonly message: string };
  const name = `${target.host}:${target.port}`;
  if (level === 'client-authentication') {
    const how = settings.keyFile ?? 'the SSH agent';
    return new ExecError('exop.login-refused', `${name} refused user ${settings.user} with ${how}`);
  }
  return new ExecError('exop.host-unreachable', `${name}: ${message}`, { retryable: true });
}
