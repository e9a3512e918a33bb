/**
 * The links of all pages: those to files that are no pages are copied beside the site, and one to a heading
 * that does not exist refuses the build. (VitePress itself refuses links to pages that do not exist.)
 */
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { sitePath } from './site-path.ts';

/** The part of markdown-it that is used here. */
interface Token {
  readonly type: string;
  readonly children: readonly Token[] | null;
  attrGet(name: string): string | null;
  attrSet(name: string, value: string): void;
}
interface Markdown {
  readonly core: {
    readonly ruler: {
      push(
        name: string,
        rule: (state: { readonly tokens: readonly Token[]; readonly env: PageEnv }) => void,
      ): void;
    };
  };
}
/** What VitePress says of the page that is rendered: its place in the repository and in the site. */
interface PageEnv {
  readonly realPath?: string;
}

const outside = /^([a-z][a-z0-9+.-]*:|\/\/)/i;

export class LinkBook {
  readonly #repository: string;
  readonly #base: string;
  readonly #headings = new Map<string, Set<string>>();
  readonly #toHeadings = new Map<
    string,
    { readonly page: string; readonly target: string; readonly id: string }
  >();
  readonly #files = new Set<string>();

  constructor(repository: string, base: string) {
    this.#repository = repository;
    this.#base = base;
  }

  readonly use = (markdown: unknown): void => {
    (markdown as Markdown).core.ruler.push('link-book', ({ tokens, env }) => {
      if (env.realPath === undefined) return;
      const page = posix.relative(this.#repository, env.realPath);
      this.#headings.set(page, headingIds(tokens));
      for (const token of linksOf(tokens)) this.#take(page, token);
    });
  };

  /** Takes one link: notes what it points to, and gives the one to a file its place in the site. */
  #take(page: string, token: Token): void {
    const href = token.attrGet('href') ?? '';
    if (href === '' || outside.test(href)) return;
    const [path = '', id] = href.split('#');
    const target = path === '' ? page : posix.normalize(posix.join(posix.dirname(page), decodeURI(path)));
    if (target.endsWith('.md')) {
      if (id !== undefined) this.#toHeadings.set(`${page} -> ${href}`, { page, target, id });
      // VitePress takes what follows for a page, and refuses the build when there is none.
      if (path !== '') token.attrSet('href', `/${sitePath(target)}${id === undefined ? '' : `#${id}`}`);
      return;
    }
    this.#files.add(target);
    token.attrSet('href', `${this.#base}files/${target}`);
    // Fetched from the server, not looked for among the pages.
    token.attrSet('target', '_self');
  }

  readonly finish = async (outDir: string): Promise<void> => {
    const broken: string[] = [];
    for (const { page, target, id } of this.#toHeadings.values()) {
      if (this.#headings.get(target)?.has(id) !== true) broken.push(`${page}: ${target}#${id}`);
    }
    for (const file of this.#files) {
      const from = join(this.#repository, file);
      const isFile = await stat(from).then(
        (found) => found.isFile(),
        () => false,
      );
      if (!isFile) {
        broken.push(`a link to ${file}, which is no file`);
        continue;
      }
      const to = join(outDir, 'files', file);
      await mkdir(dirname(to), { recursive: true });
      await copyFile(from, to);
    }
    if (broken.length > 0) throw new Error(`${broken.length} broken links:\n  ${broken.join('\n  ')}`);
  };
}

function headingIds(tokens: readonly Token[]): Set<string> {
  return new Set(
    tokens.flatMap((token) => (token.type === 'heading_open' ? [token.attrGet('id') ?? ''] : [])),
  );
}

function linksOf(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token) => [
    ...(token.type === 'link_open' ? [token] : []),
    ...linksOf(token.children ?? []),
  ]);
}
