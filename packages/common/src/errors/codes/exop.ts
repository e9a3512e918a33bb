/** Codes of EXOP, the bootstrap. */
import type { ErrorCodeInfo } from './info.ts';

export const exopCodes = {
  'exop.usage': {
    status: 500,
    summary: 'The command line of EXOP is not one of its commands.',
    remedy: 'Add --help to it for what there is.',
  },
  'exop.not-confirmed': {
    status: 409,
    summary: 'The person who was asked did not agree, so nothing was changed.',
    remedy: 'Look at the plan; run the command again when it is right.',
  },
  'exop.package-incomplete': {
    status: 500,
    summary: 'A file that comes with EXOP is missing.',
    remedy: 'Unpack the package again, as a whole.',
  },
  'exop.file-not-written': {
    status: 500,
    summary: 'A file of a new deployment cannot be written.',
    remedy: 'Look at the rights and the free space of the folder.',
  },
  'exop.certificates-unusable': {
    status: 500,
    summary:
      'Files of "exop certificates" cannot be used: one cannot be read, or the authority is not whole or ends soon.',
    remedy:
      'Restore the folder from a backup. Only when there is none, or when the authority ends: move the folder away and run the command again; every service then needs its new files at the same time.',
  },
  'exop.state-invalid': {
    status: 500,
    summary: 'The state file beside the .env, which keeps API_TOKEN and SETTINGS_KEY, cannot be used.',
    remedy:
      'Restore it from a backup. Only when there is none: remove it, deploy, and Config Sync writes the settings anew.',
  },
  'exop.host-unknown': {
    status: 502,
    summary: 'The VM showed a host key, but SSH_KNOWN_HOSTS has none for it.',
    remedy:
      'Compare the fingerprint of the message with the one on the console of the VM (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub); if they are equal, add the key with ssh-keyscan.',
  },
  'exop.host-changed': {
    status: 502,
    summary:
      'The VM showed another host key than SSH_KNOWN_HOSTS has: another machine, or a new installation.',
    remedy:
      'Find out why first. If the VM was installed again, remove the old key with ssh-keygen -R and add the new one.',
  },
  'exop.host-unreachable': {
    status: 503,
    summary: 'No SSH connection to the VM.',
    remedy: 'Check host name and port in the .env, that the VM runs sshd, and the firewall between.',
  },
  'exop.login-refused': {
    status: 502,
    summary: 'The VM refused the SSH key or the user.',
    remedy: 'Check SSH_USER and SSH_KEY_FILE (or the agent), and authorized_keys of that user on the VM.',
  },
  'exop.key-invalid': {
    status: 500,
    summary: 'The private key of SSH_KEY_FILE cannot be used.',
    remedy: 'Check that it is a private key in OpenSSH or PEM form, and SSH_KEY_PASSPHRASE.',
  },
  'exop.connection-lost': {
    status: 503,
    summary: 'The SSH connection to the VM ended or stopped answering during the work.',
    remedy: 'Run the same command again: it goes on with what is missing.',
  },
  'exop.command-failed': {
    status: 502,
    summary: 'A command on the VM failed.',
    remedy: 'See the message; when its cause is removed, run the same command again.',
  },
  'exop.checks-failed': {
    status: 502,
    summary: 'A check failed on at least one VM, so nothing was changed on any.',
    remedy: 'Follow the remedies of the table, then run the command again.',
  },
  'exop.busy': {
    status: 409,
    summary: 'Another run of EXOP works on this VM.',
    remedy: 'Wait until it has ended.',
  },
  'exop.image-missing': {
    status: 502,
    summary: 'An image is not where the .env says, or is damaged.',
    remedy: 'Check VERSION and IMAGES_DIR or REGISTRY; fetch the package again if its checksum is wrong.',
  },
  'exop.not-ready': {
    status: 503,
    summary: 'A service was started but did not become ready in time.',
    remedy: 'Remove the cause that is named, or go back with "exop rollback".',
  },
  'exop.service-silent': {
    status: 502,
    summary: 'No instance of the service that the command needs could be asked.',
    remedy:
      'Look at "exop status" and "exop logs": the message names each instance and why it did not answer.',
  },
  'exop.service-refused': {
    status: 502,
    summary: 'The service answered the request of EXOP with a problem.',
    remedy: 'The message has the words of the service; its code is explained in docs/reference/errors.md.',
  },
  'exop.not-deployed': {
    status: 409,
    summary: 'There is no deployment on the VMs that could be upgraded or shown.',
    remedy: 'Run "exop deploy" first.',
  },
  'exop.rotation-not-possible': {
    status: 409,
    summary: 'A token, key or certificate cannot be exchanged now, or not by EXOP.',
    remedy: 'Do what the message says first; nothing was changed on any VM.',
  },
  'exop.nothing-to-roll-back': {
    status: 409,
    summary: 'No VM keeps an earlier release of the last change.',
    remedy: 'Set VERSION to the release that is wanted and run "exop upgrade".',
  },
} as const satisfies Record<string, ErrorCodeInfo>;
