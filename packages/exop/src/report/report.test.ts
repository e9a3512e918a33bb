/** What people see: plain lines or changing ones, tables, and never a secret. */
import { Secret } from '@exec/common/config';
import { table } from '@exec/common/text-table';
import { describe, expect, it } from 'vitest';
import { progressOn } from './progress.ts';
import { Redactor } from './redactor.ts';

const stream = (isTTY: boolean) => {
  const written: string[] = [];
  return { isTTY, columns: 30, written, write: (text: string) => written.push(text) };
};
const same = (text: string): string => text;

describe('progress', () => {
  it('is plain lines where no terminal is', () => {
    const out = stream(false);
    const progress = progressOn(out, same);
    progress.tell('excs-1', 'loading');
    progress.tell('exas-1', 'loading');
    progress.done();
    expect(out.written).toEqual(['[excs-1] loading\n', '[exas-1] loading\n']);
  });

  it('is one changing line for each VM on a terminal, never wider than it', () => {
    const out = stream(true);
    const progress = progressOn(out, same);
    progress.tell('exas-1', 'loading');
    progress.tell('excs-1', 'a text that is much wider than this terminal');
    progress.tell('exas-1', 'done\nand more');
    progress.done();
    progress.tell('excs-1', 'later');
    expect(out.written).toEqual([
      '\x1b[2Kexas-1  loading\n',
      '\x1b[1A\x1b[2Kexas-1  loading\n\x1b[2Kexcs-1  a text that is much w\n',
      '\x1b[2A\x1b[2Kexas-1  done and more\n\x1b[2Kexcs-1  a text that is much w\n',
      '\x1b[2Kexcs-1  later\n',
    ]);
  });

  it('passes through the redactor', () => {
    const redactor = new Redactor();
    redactor.learn(new Secret('canary-1'));
    const out = stream(false);
    progressOn(out, (text) => redactor.clean(text)).tell('excs-1', 'failed with canary-1');
    expect(out.written.join('')).toBe('[excs-1] failed with [secret]\n');
  });
});

describe('the redactor', () => {
  it('lets no text of a VM steer the terminal', () => {
    const text = 'failed \x1b]0;title\x07\x1b[2J\r\x9b1A\n\tnext line';
    expect(new Redactor().clean(text)).toBe('failed ]0;title[2J1A\n\tnext line');
  });

  it('knows a secret whole, encoded, and the password inside an address', () => {
    const redactor = new Redactor();
    redactor.learn(
      new Secret('redis://:p%40ss-word@host:6379'),
      new Secret('long-secret'),
      new Secret('long-secret-longer'),
    );
    expect(redactor.clean('redis://:p%40ss-word@host:6379/0')).toBe('[secret]/0');
    expect(redactor.clean('wrong password p@ss-word or p%40ss-word')).toBe(
      'wrong password [secret] or [secret]',
    );
    expect(redactor.clean('redis%3A%2F%2F%3Ap%2540ss-word%40host%3A6379')).toBe('[secret]');
    expect(redactor.clean('long-secret-longer long-secret')).toBe('[secret] [secret]');
  });

  it('leaves short ones, which would tear holes into words', () => {
    const redactor = new Redactor();
    redactor.learn(new Secret('a'));
    expect(redactor.clean('a table')).toBe('a table');
  });
});

it('a table lines up and takes nothing from a cell but its line ends', () => {
  expect(
    table(
      ['a', 'long'],
      [
        ['1', 'x\ny'],
        ['two', '\x1b[31m'],
      ],
    ),
  ).toBe('a    long\n---  ----\n1    x y\ntwo  [31m');
});
