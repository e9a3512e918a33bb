/** The command line of `pnpm package`. */
import { Cli, InvalidArgumentError, Option } from '@exec/common/cli';
import { type Architecture, architectures } from './node-runtime.ts';
import { services } from './parts.ts';

const known = [...services, 'exop', 'docs'] as const;

export interface PackageOptions {
  readonly out: string;
  readonly only: readonly string[];
  readonly arch: readonly Architecture[];
  readonly base?: string;
  readonly buildBase?: string;
  readonly trial?: boolean;
}

export function packageCli(): Cli {
  const cli = new Cli({
    name: 'package',
    description: 'Makes the release packages, their bills of materials and checksums.',
    streams: process,
  });
  cli.program
    .option('--out <folder>', 'where the packages go', 'dist/release')
    .addOption(several('--only <part>', 'this part alone; may be given several times', known))
    .addOption(several('--arch <name>', 'Node that EXOP brings along; may be given twice', architectures))
    .option('--base <image>', 'base of the images, by digest: Node 24, no shell needed (or BASE)')
    .option(
      '--build-base <image>',
      'base of the build stage, by digest: Node 24 with a shell (or BUILD_BASE)',
    )
    .option('--trial', 'take bases by tag, or those of docker/Dockerfile; nothing is signed')
    .addHelpText(
      'after',
      '\nMINISIGN_KEY_FILE (and MINISIGN_PASSWORD_FILE) name the key that signs the checksums.\n',
    );
  return cli;
}

/** One of the names each time it is given; all without it. */
function several(flags: string, description: string, names: readonly string[]): Option {
  const all = [...names];
  return new Option(flags, description).default(all, 'all').argParser((name: string, before: string[]) => {
    if (!names.includes(name)) throw new InvalidArgumentError(`Choose from ${names.join(', ')}.`);
    return before === all ? [name] : [...before, name];
  });
}
