/** Command blocks of a page of the guide: what a reader types, what the page shows for it, and what is not run, and why. */

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

export function commandBlocks(page: string): CommandBlock[] {
  const blocks = [...page.matchAll(fence)].map((match) => ({
    from: match.index,
    to: match.index + match[0].length,
    language: match[2] ?? '',
    text: (match[3] ?? '').replaceAll(new RegExp(`^${match[1] ?? ''}`, 'gm'), ''),
  }));
  return blocks.flatMap((block, index) => {
    if (block.language !== 'sh') return [];
    const next = blocks[index + 1];
    const isOutput =
      next?.language === 'text' && /^\s*(Expected:)?\s*$/.test(page.slice(block.to, next.from));
    return [
      {
        line: page.slice(0, block.from).split('\n').length,
        commands: block.text,
        shown: isOutput ? next.text.split('\n').filter((line) => line.trim() !== '') : [],
        notRun: reason.exec(page.slice(0, block.from))?.[1],
      },
    ];
  });
}

/** Lines that the page shows and the output does not have, in this order; spaces are not compared. */
export function missingLines(shown: readonly string[], output: string): string[] {
  const squeeze = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');
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
