/** The documentation as a site. The Markdown is that of the repository; nothing here changes what it says. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { withMermaid } from 'vitepress-plugin-mermaid';
import { withoutComments } from './comments.ts';
import { headingId } from './heading-id.ts';
import { LinkBook } from './links.ts';
import { sidebar } from './sidebar.ts';
import { sitePath } from './site-path.ts';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const base = process.env.DOCS_BASE ?? '/';
const links = new LinkBook(repository, base);

export default withMermaid(
  defineConfig({
    title: 'EX Engage Connector',
    description: 'Joins an on-premises Genesys Engage contact centre to a Genesys Cloud EX organisation',
    lang: 'en-GB',
    // The path under which a web server shows the site.
    base,
    srcDir: '..',
    srcExclude: ['**/node_modules/**', '**/dist/**', 'packages/*/src/**', 'test/**', 'docker/**', '.ci/**'],
    rewrites: sitePath,
    outDir: '../dist/docs',
    cacheDir: '../node_modules/.cache/vitepress',
    cleanUrls: false,
    lastUpdated: false,
    appearance: true,
    markdown: {
      anchor: { slugify: headingId },
      toc: { slugify: headingId },
      // The pages are Markdown alone, as everywhere else: an angle bracket is a character, not a tag of Vue.
      config: (markdown) => {
        markdown.set({ html: false });
        withoutComments(markdown);
        links.use(markdown);
      },
    },
    themeConfig: {
      nav: [
        { text: 'Guide', link: '/guide/how-it-works', activeMatch: '^/guide/(?!operate)' },
        { text: 'Operate', link: '/guide/operate/', activeMatch: '^/guide/operate/' },
        { text: 'Reference', link: '/reference/settings', activeMatch: '^/reference/' },
        { text: 'Bridge', link: '/bridge/', activeMatch: '^/bridge/' },
        { text: 'Changelog', link: '/CHANGELOG' },
      ],
      sidebar,
      outline: { level: [2, 3] },
      search: { provider: 'local', options: { detailedView: true } },
    },
    mermaid: { securityLevel: 'strict' },
    vite: {
      // Mermaid and its parsers are one large bundle, loaded only by pages with a diagram.
      build: { chunkSizeWarningLimit: 4000 },
    },
    buildEnd: ({ outDir }) => links.finish(outDir),
  }),
);
