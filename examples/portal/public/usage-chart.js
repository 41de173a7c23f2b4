import { byId, el } from './dom.js';
import { formatCount, formatMoney } from './format.js';

const dayMs = 86_400_000;
const [height, bottom, left] = [200, 24, 44];

let draw = () => {};

/** Totals, and one bar per day (UTC) of requests. */
export function showUsage({ from, to, totals, series }) {
  draw = () => byId('chart').replaceChildren(chart(everyDay(from, to, series)));
  const figures = [
    ['Requests', formatCount(totals.requests)],
    ['Input tokens', formatCount(totals.inputTokens)],
    ['Output tokens', formatCount(totals.outputTokens)],
    ['Cost', formatMoney(totals.cost)],
  ];
  byId('totals').replaceChildren(
    ...figures.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))),
  );
  draw();
}

addEventListener('resize', () => draw());

/** The server sends only days with usage; a chart needs the others too. */
function everyDay(from, to, series) {
  const known = new Map(series.map((point) => [point.at.slice(0, 10), point]));
  const first = Math.floor(Date.parse(from) / dayMs);
  const last = Math.floor(Date.parse(to) / dayMs);
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const day = new Date((first + index) * dayMs).toISOString().slice(0, 10);
    return { day, ...(known.get(day) ?? { requests: 0, inputTokens: 0, outputTokens: 0, cost: '0' }) };
  });
}

function chart(days) {
  const width = Math.max(280, byId('chart').clientWidth); // one unit is one pixel, so that text keeps its size
  const weeks = width < 500 ? 14 : 7;
  const most = Math.max(1, ...days.map(({ requests }) => requests));
  const step = (width - left) / days.length;
  const label = `Requests per day. ${
    days
      .filter(({ requests }) => requests > 0)
      .map(describe)
      .join('. ') || 'None.'
  }`;
  const svg = el('svg:svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label });
  for (const [value, y] of [
    [most, 10],
    [0, height - bottom],
  ]) {
    svg.append(el('svg:line', { x1: left, x2: width, y1: y, y2: y }));
    svg.append(el('svg:text', { x: left - 8, y: y + 4, 'text-anchor': 'end' }, formatCount(value)));
  }
  days.forEach((day, index) => {
    const x = left + index * step;
    const tall = (day.requests / most) * (height - bottom - 10);
    const title = el('svg:title', {}, describe(day));
    svg.append(el('svg:rect', { class: 'day', x, y: 10, width: step, height: height - bottom - 10 }, title));
    svg.append(
      el('svg:rect', { x: x + step * 0.15, y: height - bottom - tall, width: step * 0.7, height: tall, rx: 2 }),
    );
    if (index % weeks === 0) svg.append(el('svg:text', { x, y: height - 6 }, day.day.slice(5)));
  });
  return svg;
}

function describe({ day, requests, inputTokens, outputTokens, cost }) {
  return `${day}: ${formatCount(requests)} requests, ${formatCount(inputTokens + outputTokens)} tokens, ${formatMoney(cost)}`;
}
