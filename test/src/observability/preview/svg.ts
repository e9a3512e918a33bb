/** The little SVG that the previews need. */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface TextStyle {
  readonly size?: number;
  readonly colour?: string;
  readonly bold?: boolean;
  readonly anchor?: 'start' | 'middle' | 'end';
  /** Pixels; longer texts are cut. */
  readonly width?: number;
}

/** Of a sans-serif letter, as a share of its size: rather too much, so that texts fit. */
const letterWidth = 0.6;

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(content: string): string {
  return content
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

export function textWidth(content: string, size: number): number {
  return content.length * size * letterWidth;
}

export function text(x: number, y: number, content: string, style: TextStyle = {}): string {
  const { size = 11, colour = '#24292f', bold = false, anchor = 'start', width } = style;
  const fits = width === undefined ? content.length : Math.max(1, Math.floor(width / (size * letterWidth)));
  const shown = content.length > fits ? `${content.slice(0, Math.max(1, fits - 1))}…` : content;
  const attributes = [
    `x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${colour}"`,
    ...(bold ? ['font-weight="600"'] : []),
    ...(anchor === 'start' ? [] : [`text-anchor="${anchor}"`]),
  ];
  return `<text ${attributes.join(' ')}>${escaped(shown)}</text>`;
}

export function rectangle({ x, y, width, height }: Box, fill: string, stroke?: string): string {
  const edge = stroke === undefined ? '' : ` stroke="${stroke}"`;
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}"${edge} rx="3"/>`;
}

export function line(points: readonly (readonly [number, number])[], colour: string, width = 1.5): string {
  const path = points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
}
