/** The variables of `.env` that are EXOP's own: where the VMs are, how to reach them, what to install. */
import { commaList, flag, integer, readableFile, text, textTo, url, variable } from '@exec/common/config';
import { signerKey } from './minisign.ts';

export interface HostAddress {
  readonly host: string;
  /** Undefined: `SSH_PORT`. */
  readonly port: number | undefined;
}

/** `host`, `host:port` or `[IPv6]:port`; a name or address, so that it can stand in a URL and in known_hosts. */
function parseHost(value: string): HostAddress | undefined {
  const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?))(?::(\d{1,5}))?$/.exec(
    value.trim(),
  );
  if (parts === null) return undefined;
  const port = parts[3] === undefined ? undefined : Number(parts[3]);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  return { host: parts[1] ?? parts[2] ?? '', port };
}

/** A bridge and its VM. */
export interface BridgeHost extends HostAddress {
  readonly name: string;
}

/** `sip-primary=bridge1.example.com,stat-primary=exas.example.com`: names that are distinct. */
function parseBridges(value: string): readonly BridgeHost[] | undefined {
  const bridges = value.split(',').map((part) => {
    const parts = /^\s*([a-z0-9][a-z0-9-]{0,30})\s*=(.*)$/.exec(part);
    const address = parts === null ? undefined : parseHost(parts[2] ?? '');
    return address === undefined ? undefined : { name: parts?.[1] ?? '', ...address };
  });
  const known = bridges.filter((one) => one !== undefined);
  return known.length === bridges.length && new Set(known.map(({ name }) => name)).size === known.length
    ? known
    : undefined;
}

const host = () => textTo('a host name or address, with :port where SSH listens elsewhere', parseHost);

export const ownVariables = {
  EXCS_HOST: variable({ schema: host(), description: 'VM of Config Sync.', example: 'excs.example.com' }),
  EXAS_HOST: variable({
    schema: host().optional(),
    description: 'VM of Agent State Sync; without it EXAS is not deployed.',
    example: 'exas.example.com',
  }),
  EXCP_HOSTS: variable({
    schema: textTo('two host names or addresses with a comma between', (value) => {
      const hosts = value.split(',').map(parseHost);
      const [first, second] = hosts;
      return hosts.length === 2 && first !== undefined && second !== undefined
        ? ([first, second] as const)
        : undefined;
    }).optional(),
    description: 'The two VMs of Conversation Provider; without them EXCP is not deployed.',
    example: 'excp1.example.com,excp2.example.com',
  }),
  BRIDGE_HOSTS: variable({
    schema: textTo('name=host with commas between, each name once', parseBridges).optional(),
    description:
      'Bridges to deploy, and the VM of each: one for each Stat Server and SIP Server. A VM may hold several, also beside a service.',
    example: 'sip-primary=bridge1.example.com,sip-backup=bridge2.example.com',
  }),
  BRIDGE_DIR: variable({
    schema: text('the path of a folder').optional(),
    description:
      'Folder here with `<name>.properties` of each bridge; files that these name are copied along.',
    example: './bridges',
  }),
  BRIDGE_IMAGE: variable({
    schema: textTo('an image with its tag', (value) =>
      /^[a-z0-9]([a-z0-9._:/-]*[a-z0-9])?:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(value.trim())
        ? value.trim()
        : undefined,
    ).optional(),
    description: 'Image of the bridge that you built, in a registry of your own.',
    example: 'registry.example.com/private/bridge:0.1.0',
  }),
  BRIDGE_IMAGE_FILE: variable({
    schema: readableFile().optional(),
    description: 'The same as an archive of `docker save | gzip`, in place of BRIDGE_IMAGE.',
    example: './images/bridge-0.1.0.tgz',
  }),
  SSH_USER: variable({
    schema: textTo('a user name', (value) =>
      /^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,63}$/.test(value.trim()) ? value.trim() : undefined,
    ),
    description: 'User on every VM; may use Docker (group docker, or DOCKER_SUDO=true).',
    example: 'exec',
  }),
  SSH_PORT: variable({ schema: integer({ min: 1, max: 65_535 }).default(22), description: 'Port of SSH.' }),
  SSH_KEY_FILE: variable({
    schema: readableFile().optional(),
    description: 'Private key in OpenSSH or PEM form. Without it the SSH agent of the terminal is used.',
    example: '~/.ssh/id_ed25519',
  }),
  SSH_KEY_PASSPHRASE: variable({
    schema: text('a passphrase').optional(),
    description: 'Passphrase of SSH_KEY_FILE.',
    secret: true,
  }),
  SSH_KNOWN_HOSTS: variable({
    schema: readableFile(),
    description: 'The keys of the VMs as OpenSSH keeps them. A VM that is not in it is not talked to.',
    defaultText: '~/.ssh/known_hosts',
  }),
  VERSION: variable({
    schema: textTo('the version of a release such as 1.2.3', (value) =>
      /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(value.trim()) ? value.trim() : undefined,
    ),
    description: 'Release to install.',
    example: '1.2.3',
  }),
  REGISTRY: variable({
    schema: textTo('a registry with its path, without https://', (value) =>
      /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?(\/[a-z0-9._/-]*[a-z0-9])?$/.test(value.trim())
        ? value.trim()
        : undefined,
    ).optional(),
    description: 'Registry from which the VMs pull `<REGISTRY>/excs:<VERSION>` and so on.',
    example: 'registry.example.com/exec',
  }),
  IMAGES_DIR: variable({
    schema: text('the path of a folder').optional(),
    description: 'Folder here with `excs-<VERSION>.tgz`, `exas-…`, `excp-…`, in place of REGISTRY.',
    example: './images',
  }),
  RELEASE_PUBLIC_KEY: variable({
    schema: textTo('the public key of minisign: 56 characters that begin with RW', signerKey).optional(),
    description:
      'Public key of the releaser. EXOP loads an archive of IMAGES_DIR only if this key has signed `SHA256SUMS` and the archive fits it.',
    example: 'RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3',
  }),
  ALLOW_UNSIGNED: variable({
    schema: flag().default(false),
    description: '`true` loads archives that nobody has signed, with a warning at each command.',
  }),
  INSTALL_DIR: variable({
    schema: textTo('an absolute path', (value) => {
      const path = value.trim();
      if (!/^\/.*[^/]$/u.test(path) || /\p{Cc}/u.test(path)) return undefined;
      return path.split('/').includes('..') ? undefined : path;
    }).optional(),
    description: 'Folder on the VMs that holds compose files, settings and secrets.',
    defaultText: '~/ex-engage-connector of SSH_USER',
  }),
  DOCKER_SUDO: variable({
    schema: flag().default(false),
    description: '`true` runs Docker through `sudo -n` (needs a sudo rule without a password).',
  }),
  GENESYS_CLOUD_URL: variable({
    schema: url('https', 'http').optional(),
    description:
      'API address of the region, as `base_service_url` of `hybrid_integration`: the VMs are checked for a way to it.',
    example: 'https://api.mypurecloud.com',
  }),
  GENESYS_CLOUD_CHECK_HOSTS: variable({
    schema: commaList('a comma list of host or host:port').optional(),
    description: 'Hosts that are checked in place of those derived from GENESYS_CLOUD_URL.',
  }),
  READY_TIMEOUT_SECONDS: variable({
    schema: integer({ min: 1, max: 3600 }).default(180),
    description: 'How long a started service may take until it is ready, in seconds.',
  }),
} as const;
