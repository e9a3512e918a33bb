/** Command blocks of a page of the guide: what a reader types, what the page shows for it, and what is not run, and why. */

/** A block of settings that a reader puts into the `.env`, and where it stands. */
export interface SettingsBlock {
  readonly line: number;
  readonly names: readonly string[];
}

export interface CommandBlock {
  readonly line: number;
  readonly commands: string;
  /** The output that the page shows below it; `…` stands for anything. */
  readonly shown: readonly string[];
  /** Why it cannot be run against a test deployment. */
  readonly notRun: string | undefined;
}

const fence = /^( *)```(\w*)\n([\s\S]*?)\n *```$/gm;
const reason = /<!-- not run: (.+?) -->\s*$/;

interface Block {
  readonly from: number;
  readonly to: number;
  readonly language: string;
  readonly text: string;
}

function blocksOf(page: string): Block[] {
  return [...page.matchAll(fence)].map((match) => ({
    from: match.index,
    to: match.index + match[0].length,
    language: match[2] ?? '',
    text: (match[3] ?? '').replaceAll(new RegExp(`^${match[1] ?? ''}`, 'gm'), ''),
  }));
}

function lineOf(page: string, { from }: Block): number {
  return page.slice(0, from).split('\n').length;
}

/** Blocks of the language `ini`. */
export function settingsBlocks(page: string): SettingsBlock[] {
  return blocksOf(page)
    .filter(({ language }) => language === 'ini')
    .map((block) => ({
      line: lineOf(page, block),
      names: [...block.text.matchAll(/^([A-Z][A-Z0-9_]*)=/gm)].map(([, name = '']) => name),
    }));
}

export function commandBlocks(page: string): CommandBlock[] {
  const blocks = blocksOf(page);
  return blocks.flatMap((block, index) => {
    if (block.language !== 'sh') return [];
    const next = blocks[index + 1];
    const isOutput =
      next?.language === 'text' && /^\s*(Expected:)?\s*$/.test(page.slice(block.to, next.from));
    return [
      {
        line: lineOf(page, block),
        commands: block.text,
        shown: isOutput ? next.text.split('\n').filter((line) => line.trim() !== '') : [],
        notRun: reason.exec(page.slice(0, block.from))?.[1],
      },
    ];
  });
}

/** Lines that the page shows and the output does not have, in this order; spaces and the lengths of rules are not compared. */
export function missingLines(shown: readonly string[], output: string): string[] {
  const squeeze = (text: string): string => text.trim().replaceAll(/\s+/g, ' ').replaceAll(/-{3,}/g, '---');
  const rest = output.split('\n').map(squeeze);
  return shown.filter((line) => {
    const parts = squeeze(line)
      .split('…')
      .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const wanted = new RegExp(`^${parts.join('.*')}$`);
    const found = rest.findIndex((one) => wanted.test(one));
    if (found >= 0) rest.splice(0, found + 1);
    return found < 0;
  });
}
