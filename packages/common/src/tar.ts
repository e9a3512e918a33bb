/** Writes tar archives (POSIX ustar) without times and owners, so that the same content gives the same bytes. */

export interface TarEntry {
  /** With `/`; a folder ends with it. At most 100 bytes, or 155 more before a `/`. */
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
}

const block = 512;

/** The archive as pieces, in the order of the entries. @throws RangeError when a path is too long */
export function* tarOf(entries: Iterable<TarEntry>): Generator<Buffer> {
  for (const entry of entries) {
    yield header(entry);
    yield entry.content;
    const rest = entry.content.length % block;
    if (rest > 0) yield Buffer.alloc(block - rest);
  }
  yield Buffer.alloc(2 * block);
}

function header({ path, content, mode }: TarEntry): Buffer {
  const bytes = Buffer.alloc(block);
  const { prefix, name } = split(path);
  const octal = (value: number, at: number, length: number) =>
    bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'ascii');
  bytes.write(name, 0, 'utf8');
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(content.length, 124, 12);
  octal(0, 136, 12);
  bytes.write('        ', 148, 'ascii');
  bytes.write(path.endsWith('/') ? '5' : '0', 156, 'ascii');
  bytes.write('ustar\0', 257, 'ascii');
  bytes.write('00', 263, 'ascii');
  bytes.write(prefix, 345, 'utf8');
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return bytes;
}

/** A long path is kept in two fields, cut at a `/`. */
function split(path: string): { readonly prefix: string; readonly name: string } {
  if (Buffer.byteLength(path) <= 100) return { prefix: '', name: path };
  for (let cut = path.indexOf('/'); cut > 0; cut = path.indexOf('/', cut + 1)) {
    const [prefix, name] = [path.slice(0, cut), path.slice(cut + 1)];
    if (Buffer.byteLength(prefix) <= 155 && name !== '' && Buffer.byteLength(name) <= 100)
      return { prefix, name };
  }
  throw new RangeError(`the path ${path} is too long for a tar archive`);
}
