import { Secret } from '@exec/common/config';
import { describe, expect, it } from 'vitest';
import { printable, readRegistrationAnswer, refusalText } from './registration.ts';

const accepted = {
  ReferenceID: 7,
  ProtocolVersion: 'engage-link/1',
  ServerRole: 'Primary',
  ServerStartTime: 1_700_000_000,
};

describe('answer to a registration', () => {
  it('is taken when it repeats the ReferenceID and the version', () => {
    const answer = readRegistrationAnswer(
      { message: 'EventServerConnected', attributes: accepted },
      7,
      undefined,
    );
    expect(answer).toEqual({ kind: 'accepted', answer: accepted });
  });

  it.each([
    [{ message: 'EventServerConnected', attributes: { ...accepted, ReferenceID: 8 } }],
    [{ message: 'EventError', attributes: { ReferenceID: 8 } }],
    [{ message: 'EventLinkConnected', attributes: {} }],
  ])('is not %j', (frame) => {
    expect(readRegistrationAnswer(frame, 7, undefined)).toEqual({ kind: 'other' });
  });

  it.each([
    ['link.version-unsupported', 'EventServerConnected', { ...accepted, ProtocolVersion: 'engage-link/2' }],
    ['link.answer-invalid', 'EventServerConnected', { ...accepted, ServerRole: 'Standby' }],
    ['link.answer-invalid', 'EventServerConnected', {}],
    ['link.registration-refused', 'EventError', { ReferenceID: 7, ErrorCode: 40 }],
    ['link.registration-refused', 'EventError', {}],
  ])('is a failure: %s by %s %j', (code, message, attributes) => {
    expect(readRegistrationAnswer({ message, attributes }, 7, undefined)).toMatchObject({
      kind: 'failed',
      ending: { code },
    });
  });

  it('never shows the password, whatever the server writes', () => {
    const attributes = {
      ReferenceID: 7,
      ErrorCode: 'x',
      ErrorMessage: 'bad password hunter2 for excp\nfake line',
    };
    const answer = readRegistrationAnswer({ message: 'EventError', attributes }, 7, new Secret('hunter2'));
    expect(answer).toEqual({
      kind: 'failed',
      ending: {
        code: 'link.registration-refused',
        message: 'refused the registration with code x: bad password [secret] for excp fake line',
      },
    });
  });
});

describe("a peer's text", () => {
  it('is cut, masked, and freed of control characters', () => {
    expect(printable(`a\u0000b\u001b[31m\r\n${'x'.repeat(500)}`)).toMatch(/^a b \[31m {2}x{100,200}$/);
    expect(refusalText(undefined, undefined)).toBe('');
    expect(refusalText(5, 'DN +4930123456 of anna@example.com')).toBe(
      ' with code 5: DN +*******456 of [e-mail]',
    );
  });
});
