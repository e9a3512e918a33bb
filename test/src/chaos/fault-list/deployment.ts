/** Deployment with `exop`. */
import type { ListedFault } from './listed-fault.ts';

export const deployment: readonly ListedFault[] = [
  {
    fault: '`exop deploy --dry-run` before anything was deployed',
    sees: 'the plan; no file is written, neither here nor on a VM',
    lost: 'nothing',
    test: {
      file: 'packages/exop/src/exop.test.ts',
      title: 'works with docker-compose 1.29, pulls from a registry, and shows a plan without doing it',
    },
  },
  {
    fault: 'A setting that the service would refuse stands in `.env`',
    sees: '`exop check` and `exop deploy` name it; what runs stays as it is',
    lost: 'nothing',
    test: {
      file: 'packages/exop/src/config/deployment.test.ts',
      title: 'refuses %s=%s here, as the service would after it replaced the one that ran',
    },
  },
  {
    fault: 'The other instance is of a newer release and has stored what this one does not know',
    sees: 'the detail of `processing` in `/health/ready`, one line in the log, `excp_unreadable_entries_total`',
    lost: 'nothing: it stays for an instance of that release',
    test: {
      file: 'packages/excp/src/releases.test.ts',
      title: 'what a newer release wrote stays where it is, and is said; the calls of this one go on',
    },
  },
  {
    fault: 'The EXCP that processes cannot read what is stored, and the other one can',
    sees: 'a line in the log; the lease goes to the other one',
    lost: 'nothing',
    test: {
      file: 'packages/excp/src/releases.test.ts',
      title:
        'an instance that cannot read what is stored keeps the lease while it is alone, and leaves it to one that can',
    },
  },
  {
    fault: 'A pair of EXCP is upgraded to a release that stores another format, and rolled back, under calls',
    sees: '`formats` in `/health/ready` and `exec_format_written`: the older format is written while releases are mixed, and a day longer',
    lost: 'nothing, as long as one instance at a time is changed',
    test: {
      file: 'packages/excp/src/upgrade.test.ts',
      title:
        'a pair is upgraded and rolled back under calls: each is told once, as it was, and nothing is left',
    },
  },
  {
    fault: 'EXCS is rolled back to a release that does not read what it has stored of the organisation',
    sees: '`ledger.unreadable` in the status and the log; nothing is planned or written',
    lost: 'nothing: changes in Engage wait for the newer release',
    alarm: 'SyncStale',
    test: {
      file: 'packages/excs/src/organization/ledger.test.ts',
      title: 'of a newer release is refused as a whole: what it says of ours must not be guessed',
    },
  },
];
