/** Renders a dashboard with the answers of a test run as one SVG, labelled as what it is. */
import type { Dashboard } from '../dashboards/model.ts';
import type { AskedPanel, AskedRow, Period } from './ask.ts';
import { drawSeries, drawTable, drawValues } from './draw.ts';
import { type Box, rectangle, text } from './svg.ts';

const label = 'preview rendered from a test run, not Grafana';
const pageWidth = 1240;
const margin = 8;
const column = (pageWidth - 2 * margin) / 24;
/** Pixels of a height unit of Grafana. */
const unitHeight = 26;
const titleHeight = 22;

export function pictureOf(dashboard: Dashboard, rows: readonly AskedRow[], period: Period): string {
  const parts: string[] = [
    text(margin, 24, dashboard.title, { size: 17, bold: true }),
    text(pageWidth - margin, 24, label, { size: 13, colour: '#cf222e', bold: true, anchor: 'end' }),
    text(margin, 42, dashboard.description, { size: 12, colour: '#57606a' }),
  ];
  let y = 54;
  for (const row of rows) {
    parts.push(text(margin, y + 14, row.title, { size: 13, bold: true, colour: '#57606a' }));
    y += titleHeight;
    let x = margin;
    const height = heightOf(row);
    for (const asked of row.panels) {
      const width = asked.panel.width * column;
      parts.push(drawPanel(asked, { x, y, width: width - 6, height: height - 6 }, period));
      x += width;
    }
    y += height;
  }
  const pageHeight = y + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${pageWidth} ${pageHeight}" font-family="system-ui, Helvetica, Arial, sans-serif" role="img" aria-label="${dashboard.title}: ${label}">`,
    rectangle({ x: 0, y: 0, width: pageWidth, height: pageHeight }, '#f6f8fa'),
    ...parts,
    '</svg>\n',
  ].join('\n');
}

/** What Prometheus says nothing about needs little room. */
function heightOf({ panels, height }: AskedRow): number {
  const isEmpty = panels.every(({ panel }) => panel.kind === 'logs' || panel.kind === 'alerts');
  return unitHeight * (isEmpty ? 3 : height);
}

function drawPanel({ panel, answers }: AskedPanel, box: Box, period: Period): string {
  const inside: Box = {
    x: box.x + 4,
    y: box.y + titleHeight,
    width: box.width - 8,
    height: box.height - titleHeight - 6,
  };
  const frame = [
    rectangle(box, '#ffffff', '#d0d7de'),
    text(box.x + 8, box.y + 15, panel.title, { size: 12, bold: true, width: box.width - 12 }),
  ];
  return [...frame, content()].join('');

  function content(): string {
    switch (panel.kind) {
      case 'stat':
        return drawValues(panel, answers, inside);
      case 'series':
        return drawSeries(panel, answers, inside, period);
      case 'table':
        return drawTable(panel, answers, inside);
      case 'text':
        return paragraphs(panel.markdown, inside);
      case 'logs':
        return text(inside.x + 8, inside.y + 18, `Loki: ${panel.query}`, {
          colour: '#57606a',
          width: inside.width,
        });
      case 'alerts':
        return text(inside.x + 8, inside.y + 18, 'The list of alerts of Grafana stands here.', {
          colour: '#57606a',
        });
    }
  }
}

/** Markdown without its marks, broken into lines. */
function paragraphs(markdown: string, box: Box): string {
  const perLine = Math.floor(box.width / 6.4);
  const lines = markdown
    .replaceAll(/[*`]/g, '')
    .split('\n')
    .flatMap((paragraph) => paragraph.match(new RegExp(`.{1,${perLine}}(?:\\s|$)`, 'g')) ?? ['']);
  return lines
    .slice(0, Math.floor(box.height / 15))
    .map((part, index) => text(box.x + 6, box.y + 12 + index * 15, part.trim()))
    .join('');
}
