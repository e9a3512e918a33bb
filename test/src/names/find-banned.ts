/** Finds names in a source file that have a banned word. */
import { parseSync, Visitor } from 'oxc-parser';
import { bannedWords, fixedNames, foreignNames } from './banned-words.ts';

export interface BannedName {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly instead: string;
}

/** Variables, functions, types, properties and private members; texts and comments are free. */
export function findBanned(file: string, text: string): readonly BannedName[] {
  const found: BannedName[] = [];
  const note = ({ name, start }: { readonly name: string; readonly start: number }) => {
    if (foreignNames.has(name) || fixedNames.get(file)?.includes(name) === true) return;
    const words = wordsOf(name);
    const banned = bannedWords.find(({ word }) => words.some((one) => word.test(one)));
    if (banned === undefined) return;
    found.push({ name, line: text.slice(0, start).split('\n').length, instead: banned.instead });
  };
  new Visitor({ Identifier: note, PrivateIdentifier: note }).visit(parseSync(file, text).program);
  return found;
}

/** `lanePauseMs` → lane, pause, ms. */
function wordsOf(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])/g, '$1$3 $2$4')
    .toLowerCase()
    .split(/[\s_$]+/);
}
