/** How a peer is found and who we are to it: the same names, files and variables as in the settings of the services. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from '@exec/common/cli';
import { isLoopbackHost, type PeerAddress, peerAddress, Secret } from '@exec/common/config';
import type { Client } from '../conformance/context.ts';

export interface PeerOptions {
  readonly sip?: PeerAddress;
  readonly stat?: PeerAddress;
  readonly extension: readonly string[];
  readonly queue: readonly string[];
  readonly agent: readonly string[];
  readonly tenant: string;
  readonly appName: string;
  readonly appPasswordFile?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly allowPlaintext?: boolean;
}

export function withPeerOptions(command: Command, appName: string, folder: string): Command {
  const many = (text: string, before: readonly string[]) => taken(text, before, folder);
  return command
    .option('--sip <address>', 'SIP Server or its bridge, host:port or tls://host:port', address)
    .option('--stat <address>', 'Stat Server or its bridge, host:port or tls://host:port', address)
    .option(
      '--extension <number>',
      'an extension to register, or @file with one a line; repeatable',
      many,
      [],
    )
    .option('--queue <number>', 'a virtual queue to register, or @file; repeatable', many, [])
    .option('--agent <employee-id>', 'an agent to watch at Stat Server, or @file; repeatable', many, [])
    .addOption(
      new Option('--tenant <name>', 'tenant as Stat Server knows it').env('TENANT_NAME').default('Resources'),
    )
    .addOption(
      new Option('--app-name <name>', 'application name given at registration')
        .env('ENGAGE_APP_NAME')
        .default(appName),
    )
    .addOption(
      new Option('--app-password-file <file>', 'file that holds its password').env(
        'ENGAGE_APP_PASSWORD_FILE',
      ),
    )
    .addOption(new Option('--ca-file <file>', 'PEM authority of tls:// addresses').env('ENGAGE_LINK_CA_FILE'))
    .addOption(new Option('--cert-file <file>', 'PEM client certificate').env('ENGAGE_LINK_CERT_FILE'))
    .addOption(new Option('--key-file <file>', 'PEM key of that certificate').env('ENGAGE_LINK_KEY_FILE'))
    .addOption(
      new Option('--allow-plaintext', 'send the password without TLS to a peer that is not on this machine')
        .env('ALLOW_PLAINTEXT')
        .argParser((value: string) => value === 'true'),
    );
}

function address(text: string): PeerAddress {
  const parsed = peerAddress().safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('expected host:port or tls://host:port');
  return parsed.data;
}

const listed = 100_000;

function taken(text: string, before: readonly string[], folder: string): readonly string[] {
  const more = text.startsWith('@') ? linesOf(resolve(folder, text.slice(1))) : [text];
  const all = [...before, ...more];
  if (all.length > listed) throw new InvalidArgumentError(`at most ${listed} are taken`);
  const tooLong = all.find((one) => one.length > 255);
  if (tooLong !== undefined) throw new InvalidArgumentError('expected names of at most 255 characters');
  return all;
}

function linesOf(file: string): string[] {
  return textOf(file)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new InvalidArgumentError(`${file} cannot be read (${code})`);
  }
}

/** Who we are; a word for the operator where the rules do not allow that. */
export function clientOf(options: PeerOptions, folder: string): Client {
  const at = (file: string | undefined) => (file === undefined ? undefined : resolve(folder, file));
  const file = at(options.appPasswordFile);
  const password = file === undefined ? undefined : new Secret(textOf(file).trimEnd());
  for (const address of [options.sip, options.stat]) {
    const open = address !== undefined && !address.tls && !isLoopbackHost(address.host);
    if (password !== undefined && open && options.allowPlaintext !== true)
      throw new InvalidArgumentError(
        'the password would go in plain text: write tls:// before the address, or give --allow-plaintext',
      );
  }
  if ((options.certFile === undefined) !== (options.keyFile === undefined))
    throw new InvalidArgumentError('--cert-file and --key-file go together');
  return {
    applicationName: options.appName,
    password,
    tls: { caFile: at(options.caFile), certFile: at(options.certFile), keyFile: at(options.keyFile) },
  };
}
