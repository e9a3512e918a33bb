/** The table of errors, and what an error says about itself. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ErrorCode, ExecError, errorCodes } from './errors.ts';

describe('errorCodes', () => {
  it.each(Object.entries(errorCodes))('%s has words for the operator and a status', (code, info) => {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/);
    expect(info.summary).toMatch(/^[A-Z].*\.$/);
    expect(info.remedy).toMatch(/^[A-Z].*\.$/);
    expect(info.status).toBeGreaterThanOrEqual(400);
    expect(info.status).toBeLessThan(600);
  });
});

describe('the files of codes', () => {
  it('have no code twice, and all are in the table', async () => {
    const folder = join(import.meta.dirname, 'codes');
    const files = readdirSync(folder).filter((file) => file !== 'info.ts');
    const modules = await Promise.all(files.map((file) => import(join(folder, file)) as Promise<object>));
    const codes = modules.flatMap((module) => Object.values(module).flatMap((table) => Object.keys(table)));
    expect(codes.toSorted()).toEqual(Object.keys(errorCodes).toSorted());
  });
});

describe('ExecError', () => {
  it.each(Object.keys(errorCodes) as ErrorCode[])('%s carries code, status and remedy', (code) => {
    const error = new ExecError(code, 'What happened.');
    expect(error).toMatchObject({ code, status: errorCodes[code].status, remedy: errorCodes[code].remedy });
  });

  it('is retryable only where it was raised so', () => {
    expect(new ExecError('redis.unavailable', 'x', { retryable: true }).retryable).toBe(true);
    expect(new ExecError('redis.unavailable', 'x').retryable).toBe(false);
  });

  it('keeps cause and details', () => {
    const cause = new Error('below');
    const error = new ExecError('redis.refused', 'x', { cause, details: { server: 'a' } });
    expect(error.cause).toBe(cause);
    expect(error.details).toEqual({ server: 'a' });
  });
});
