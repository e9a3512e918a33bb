/** The order in which a newcomer reads. Runbooks are read from their folder, so that none is forgotten. */
import { readdirSync, readFileSync } from 'node:fs';
import type { DefaultTheme } from 'vitepress';

const docs = new URL('../', import.meta.url);

function pagesOf(folder: string): DefaultTheme.SidebarItem[] {
  return readdirSync(new URL(folder, docs))
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort()
    .map((name) => ({
      text: titleOf(new URL(`${folder}${name}`, docs)),
      link: `/${folder}${name.replace(/\.md$/, '')}`,
    }));
}

function titleOf(file: URL): string {
  const title = /^# (.+)$/m.exec(readFileSync(file, 'utf8'))?.[1];
  if (title === undefined) throw new Error(`${file.pathname} has no title`);
  return title.replaceAll('`', '');
}

function pages(folder: string, names: readonly (readonly [string, string])[]): DefaultTheme.SidebarItem[] {
  return names.map(([name, text]) => ({ text, link: `/${folder}${name}` }));
}

export const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: 'Understand',
    items: pages('guide/', [
      ['how-it-works', 'How it works'],
      ['limitations', 'Limitations'],
      ['compatibility', 'Compatibility'],
    ]).concat(pages('', [['glossary', 'Glossary']])),
  },
  {
    text: 'Install',
    items: pages('guide/', [
      ['plan', 'Plan the deployment'],
      ['prepare', 'Prepare'],
      ['install', 'Install'],
      ['verify', 'Verify'],
      ['upgrade', 'Upgrade and roll back'],
      ['images', 'Images'],
      ['sizing', 'Sizing'],
    ]),
  },
  {
    text: 'Operate',
    items: [
      ...pages('guide/', [
        ['operate/', 'What to watch'],
        ['operate/read-a-plan', 'Read a plan'],
        ['console', 'The console'],
        ['troubleshoot', 'Troubleshooting'],
        ['backup', 'Backup and recovery'],
        ['data-protection', 'Data protection'],
      ]),
      { text: 'Rotate secrets', collapsed: true, items: pagesOf('guide/operate/rotate/') },
      { text: 'Runbooks', collapsed: true, items: pagesOf('guide/operate/runbooks/') },
    ],
  },
  {
    text: 'Reference',
    items: [
      ...pages('reference/', [
        ['commands', 'Commands'],
        ['settings', 'Settings'],
        ['config-db', 'The Config DB'],
        ['mapping', 'Mapping rules'],
        ['agent-states', 'Agent states'],
        ['call-flows', 'Call flows'],
        ['connectivity', 'Connectivity'],
        ['metrics', 'Metrics'],
        ['errors', 'Error codes'],
        ['faults', 'Faults'],
        ['performance', 'Performance'],
        ['rules', 'Rules and what proves each'],
        ['redis-keys', 'Redis keys'],
        ['security', 'Security'],
        ['licences', 'Licences'],
        ['engage-link', 'Engage Link'],
      ]),
      { text: 'REST', collapsed: true, items: pagesOf('reference/rest/') },
    ],
  },
  {
    text: 'Bridge',
    items: pages('bridge/', [
      ['', 'Build and run it'],
      ['mapping', 'Mapping of the bridge'],
      ['conformance', 'Conformance'],
      ['link', 'The command link'],
    ]),
  },
  {
    text: 'Project',
    items: [
      ...pages('', [
        ['project', 'The project'],
        ['SUPPORT', 'Support'],
        ['SECURITY', 'Security'],
        ['CHANGELOG', 'Changelog'],
      ]),
      ...pages('guide/', [['development', 'Development']]),
      { text: 'Decisions', collapsed: true, items: pagesOf('decisions/') },
    ],
  },
];
