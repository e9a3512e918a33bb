/** Archives are read by the system's tar, and the same content gives the same bytes. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type TarEntry, tarOf } from './tar.ts';

const entries: TarEntry[] = [
  { path: 'exop-1/run', content: Buffer.from('#!/bin/sh\n'), mode: 0o755 },
  { path: 'exop-1/empty', content: Buffer.alloc(0), mode: 0o644 },
  { path: 'exop-1/whole-block', content: Buffer.alloc(512, 'x'), mode: 0o644 },
  { path: 'exop-1/ünï', content: Buffer.alloc(513, 'y'), mode: 0o600 },
  { path: `exop-1/${'deep/'.repeat(20)}${'n'.repeat(90)}`, content: Buffer.from('long'), mode: 0o644 },
];

describe('tar', () => {
  const archive = Buffer.concat([...tarOf(entries)]);

  it('is whole blocks, ends with two empty ones, and is the same each time', () => {
    expect(archive.length % 512).toBe(0);
    expect(archive.subarray(-1024).every((byte) => byte === 0)).toBe(true);
    expect(Buffer.concat([...tarOf(entries)]).equals(archive)).toBe(true);
  });

  it('is listed by the system with modes and sizes, without owner and time', () => {
    const { stdout, status } = spawnSync('tar', ['--numeric-owner', '--utc', '-tvf', '-'], {
      input: archive,
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/^-rwxr-xr-x 0\/0 +10 1970-01-01 00:00 exop-1\/run$/),
      expect.stringMatching(/^-rw-r--r-- 0\/0 +0 1970-01-01 00:00 exop-1\/empty$/),
      expect.stringMatching(/^-rw-r--r-- 0\/0 +512 1970-01-01 00:00 exop-1\/whole-block$/),
      expect.stringMatching(/^-rw------- 0\/0 +513 1970-01-01 00:00 exop-1\/ünï$/),
      expect.stringMatching(/^-rw-r--r-- 0\/0 +4 1970-01-01 00:00 exop-1\/(deep\/){20}n{90}$/),
    ]);
  });

  it('gives the content back', () => {
    for (const { path, content } of entries) {
      const { stdout } = spawnSync('tar', ['-xOf', '-', path], { input: archive });
      expect(stdout.equals(content)).toBe(true);
    }
  });

  it('refuses a path that does not fit', () => {
    for (const path of ['x'.repeat(101), `${'x'.repeat(156)}/y`])
      expect(() => [...tarOf([{ path, content: Buffer.alloc(0), mode: 0o644 }])]).toThrow(RangeError);
  });
});
