/** Where a Markdown file of the repository stands in the site: this folder is the root, a README the page of its folder. */

export function sitePath(file: string): string {
  if (file === 'README.md') return 'project.md';
  const path = file.startsWith('docs/') ? file.slice('docs/'.length) : file;
  return path.replace(/(^|\/)README\.md$/, '$1index.md');
}
