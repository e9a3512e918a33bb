/** Secrets that stand in samples and tutorials: whoever has read one knows them. */

const samples = new Set(
  [
    ...['admin', 'default', 'demo', 'engage', 'example', 'exec', 'genesys', 'guest', 'pass', 'passw0rd'],
    ...['password', 'postgres', 'redis', 'root', 'sample', 'secret', 'test', 'token', '123456', '12345678'],
  ].flatMap((word) => [word, `${word}1`, `${word}123`]),
);

/** Whether a secret is one of a sample, a word for "put yours here", or hardly more than one character. */
export function isSampleSecret(secret: string): boolean {
  const word = secret.trim().toLowerCase();
  return (
    samples.has(word) ||
    /change[-_. ]?(me|it|this)|^<.*>$|^your[-_ ]|^x{3,}$|^\*+$/.test(word) ||
    (word.length >= 8 && new Set(word).size < 4)
  );
}
