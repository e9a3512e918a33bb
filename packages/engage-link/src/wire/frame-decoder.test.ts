import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, type Frame, MAX_LINE_BYTES } from './frame.ts';
import { FrameDecoder } from './frame-decoder.ts';
import { ProtocolError } from './protocol-error.ts';

/** Everything a decoder makes of the chunks: frames, then perhaps the fault that ended it. */
function decode(chunks: readonly Uint8Array[], decoder = new FrameDecoder()) {
  const frames: Frame[] = [];
  let error: ProtocolError | undefined;
  for (const chunk of chunks) {
    try {
      decoder.push(chunk, (frame) => frames.push(frame));
    } catch (thrown) {
      expect(error).toBeUndefined();
      expect(thrown).toBeInstanceOf(ProtocolError);
      error = thrown as ProtocolError;
    }
  }
  return { frames, error };
}

function slices(bytes: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}

/** A line of exactly `bytes` bytes without its ending. */
function lineOf(bytes: number): Buffer {
  const frame = '{"message":"EventUserEvent","attributes":{"ThisDN":""}}';
  return Buffer.from(frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`));
}

const sample = Buffer.concat([
  encodeFrame('EventQueued', { ThisDN: 'VQ_Sales', UserData: { Grüße: '日本語 🎧' } }),
  Buffer.from('{"message":"EventLinkConnected","attributes":{}}\r\n'),
  encodeFrame('EventCallDeleted', { CallUUID: 'C1' }),
]);
const sampleFrames = [
  { message: 'EventQueued', attributes: { ThisDN: 'VQ_Sales', UserData: { Grüße: '日本語 🎧' } } },
  { message: 'EventLinkConnected', attributes: {} },
  { message: 'EventCallDeleted', attributes: { CallUUID: 'C1' } },
];

describe('FrameDecoder', () => {
  it.each([1, 2, 3, 16, 1_460])('reads the same frames in slices of %i bytes', (size) => {
    expect(decode(slices(sample, size))).toEqual({ frames: sampleFrames, error: undefined });
  });

  it('reads the same frames, and the same fault, however the bytes are cut', () => {
    const frame = fc.record({
      message: fc.string(),
      attributes: fc.dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        fc.jsonValue(),
      ),
    });
    const garbage = fc.constantFrom('', 'garbage', '[]', '{"message":1,"attributes":{}}', '\xff');
    const ending = fc.constantFrom('\n', '\r\n');
    const line = fc.tuple(
      fc.oneof({ weight: 9, arbitrary: frame }, { weight: 1, arbitrary: garbage }),
      ending,
    );
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(200), { minLength: 1 }), (lines, cuts) => {
        const bytes = Buffer.concat(
          lines.map(([content, end]) =>
            typeof content === 'string'
              ? Buffer.from(content + end, 'latin1')
              : Buffer.concat([
                  encodeFrame(content.message, content.attributes).subarray(0, -1),
                  Buffer.from(end),
                ]),
          ),
        );
        const whole = decode([bytes], new FrameDecoder({ maxLineBytes: 300 }));
        const chunks: Buffer[] = [];
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const size = 1 + (cuts[n % cuts.length] ?? 0);
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        const cut = decode(chunks, new FrameDecoder({ maxLineBytes: 300 }));
        expect(cut.frames).toEqual(whole.frames);
        expect(cut.error?.details).toEqual(whole.error?.details);
      }),
    );
  });

  it('takes a line of exactly the limit, with and without a carriage return, whole or in slices', () => {
    const line = lineOf(MAX_LINE_BYTES);
    for (const ending of ['\n', '\r\n']) {
      const bytes = Buffer.concat([line, Buffer.from(ending), sample]);
      for (const size of [bytes.length, 1_460, MAX_LINE_BYTES, MAX_LINE_BYTES + 1]) {
        const { frames, error } = decode(slices(bytes, size));
        expect(error).toBeUndefined();
        expect(frames.slice(1)).toEqual(sampleFrames);
      }
    }
  });

  it('refuses a line one byte longer, at the same place however it comes', () => {
    const line = lineOf(MAX_LINE_BYTES + 1);
    const expected = {
      fault: 'too-long',
      length: MAX_LINE_BYTES + 1,
      offset: sample.length,
      sha256: createHash('sha256').update(line).digest('hex'),
    };
    for (const ending of ['', '\n', '\r\n', 'more']) {
      const bytes = Buffer.concat([sample, line, Buffer.from(ending)]);
      for (const size of [bytes.length, 1_000]) {
        const { frames, error } = decode(slices(bytes, size));
        expect(frames).toEqual(sampleFrames);
        expect(error?.details).toEqual(expected);
      }
    }
  });

  it('holds no more than a line of a peer that never ends one', () => {
    const decoder = new FrameDecoder();
    const chunk = Buffer.alloc(65_536, 'x');
    let pushed = 0;
    const flood = () => {
      for (; pushed < 10 * MAX_LINE_BYTES; pushed += chunk.length) decoder.push(chunk, () => {});
    };
    expect(flood).toThrow(ProtocolError);
    expect(pushed).toBeLessThanOrEqual(MAX_LINE_BYTES);
    expect(decoder.pendingBytes).toBe(0);
  });

  it.each([
    ['not-json', Buffer.from('hello')],
    ['not-json', Buffer.from('')],
    ['not-json', Buffer.from('\ufeff{"message":"M","attributes":{}}')],
    ['not-json', Buffer.from('{"message":"M","attributes":{}} {}')],
    ['not-utf8', Buffer.from('{"message":"M","attributes":{"a":"\xfc"}}', 'latin1')],
    ['not-utf8', Buffer.from([0xed, 0xa0, 0x80])],
    ['not-a-frame', Buffer.from('null')],
    ['not-a-frame', Buffer.from('"text"')],
    ['not-a-frame', Buffer.from('[{"message":"M","attributes":{}}]')],
    ['not-a-frame', Buffer.from('{"message":"M"}')],
    ['not-a-frame', Buffer.from('{"message":7,"attributes":{}}')],
    ['not-a-frame', Buffer.from('{"message":"M","attributes":null}')],
    ['not-a-frame', Buffer.from('{"message":"M","attributes":[]}')],
  ] as const)('tells a bad line by kind, place and hash: %s', (fault, line) => {
    const { frames, error } = decode([Buffer.concat([sample, line, Buffer.from('\n'), sample])]);
    expect(frames).toEqual(sampleFrames);
    expect(error?.code).toBe('link.protocol');
    expect(error?.details).toEqual({
      fault,
      length: line.length,
      offset: sample.length,
      sha256: createHash('sha256').update(line).digest('hex'),
    });
  });

  it('shows nothing of the content of a bad line', () => {
    const { error } = decode([Buffer.from('{"UserData":{"card":"4111-1111"}, oops\n')]);
    expect(`${error?.message} ${JSON.stringify(error?.details)} ${error?.stack}`).not.toMatch(
      /card|4111|oops/,
    );
    expect(error?.cause).toBeUndefined();
  });

  it('drops keys that spell __proto__, plainly or escaped, at any depth', () => {
    const plain =
      '{"message":"M","attributes":{"__proto__":{"polluted":1},"UserData":{"__proto__":{"polluted":1},"k":"v"}}}';
    const escaped = plain.replaceAll('__proto__', '\\u005f_p\\u0072oto__');
    for (const line of [plain, escaped]) {
      const { frames } = decode([Buffer.from(`${line}\n`)]);
      expect(frames).toEqual([{ message: 'M', attributes: { UserData: { k: 'v' } } }]);
      const copy = Object.assign({}, frames[0]?.attributes, frames[0]?.attributes.UserData);
      expect('polluted' in copy).toBe(false);
    }
  });

  it('survives any bytes: frames or a ProtocolError, and never more memory than a line', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 20 }), (chunks) => {
        const decoder = new FrameDecoder({ maxLineBytes: 256 });
        decode(chunks, decoder);
        expect(decoder.pendingBytes).toBeLessThanOrEqual(257);
      }),
      { numRuns: 1_000 },
    );
  });
});
