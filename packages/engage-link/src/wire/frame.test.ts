import { ExecError } from '@exec/common/errors';
import { describe, expect, it } from 'vitest';
import { encodeFrame, MAX_LINE_BYTES } from './frame.ts';

describe('encodeFrame', () => {
  it('writes one object on one line', () => {
    const line = encodeFrame('EventUserEvent', { ThisDN: '5001', UserData: { note: 'a\nb\r\u2028' } });
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line.toString())).toEqual({
      message: 'EventUserEvent',
      attributes: { ThisDN: '5001', UserData: { note: 'a\nb\r\u2028' } },
    });
  });

  it('refuses to send what the other side would refuse to read', () => {
    const room = MAX_LINE_BYTES - encodeFrame('M', { a: '' }).length;
    expect(encodeFrame('M', { a: 'x'.repeat(room) })).toHaveLength(MAX_LINE_BYTES);
    const tooLong = () => encodeFrame('M', { a: 'x'.repeat(room + 1) });
    expect(tooLong).toThrow(ExecError);
    expect(tooLong).toThrow(expect.objectContaining({ code: 'link.frame-too-long' }));
  });
});
