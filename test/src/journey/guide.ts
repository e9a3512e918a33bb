/** Pages of the guide as a reader goes through them: block by block, each followed by the output that the page shows. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommandBlock, commandBlocks, missingLines } from '@exec/exop/testing';

/** What a page gives for its own example, and what is there at the site of this test. */
export type Replacement = readonly [inPage: RegExp | string, here: string];

/** Figures and names of the example that the site of the test has others for. */
const ofTheExample: readonly Replacement[] = [
  [/\b\d+ to add, \d+ to change, \d+ to remove\b/g, '… to add, … to change, … to remove'],
  [/\b\d+ users? would become billable/g, '… would become billable'],
  [/\b\d+ operations;/g, '… operations;'],
  [/\b\d+ done, 0 failed/g, '… done, 0 failed'],
  [/\b\d+ of \d+ (persons|queues|skills)/g, '… of … $1'],
  [/Anna Berger.*$/gm, '…'],
  [/\bperson \d+ is user\b/g, 'person … is user'],
  [/\bperson\.no-email \(\d+\)/g, 'person.no-email (…)'],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…'],
  // A service that is ready may add what else it waits for.
  [/(changed +yes)$/gm, '$1…'],
  // Of a machine that is smaller than a VM should be.
  [/\b0 warnings\b/g, '… warnings'],
];

export class GuidePage {
  readonly #blocks: readonly CommandBlock[];
  #next = 0;

  private constructor(blocks: readonly CommandBlock[]) {
    this.#blocks = blocks;
  }

  /** @param folder of the pages */
  static async read(folder: string, name: string): Promise<GuidePage> {
    return new GuidePage(commandBlocks(await readFile(join(folder, name), 'utf8')));
  }

  /**
   * The next block further down that begins with these words.
   * @throws Error when there is none: the page does not show it, or not in this order
   */
  next(command: string): CommandBlock {
    const at = this.#blocks.findIndex(
      ({ commands }, index) => index >= this.#next && commands.startsWith(command),
    );
    const found = this.#blocks[at];
    if (found === undefined) throw new Error(`the page shows no further "${command}"`);
    this.#next = at + 1;
    return found;
  }
}

/** Lines that the page shows and the output does not have. */
export function notPrinted(
  { shown }: CommandBlock,
  output: string,
  replacements: readonly Replacement[],
): readonly string[] {
  const wanted = [...replacements, ...ofTheExample].reduce(
    (text, [inPage, here]) => text.replaceAll(inPage, here),
    shown.join('\n'),
  );
  return shown.length === 0 ? [] : missingLines(wanted.split('\n'), output);
}
