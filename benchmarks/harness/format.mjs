/** A median with its smallest and largest value. */
export function spread({ median, min, max }, print) {
  return `${print(median)} (${print(min)} to ${print(max)})`;
}

export function factor(value) {
  return `${significant(value, value < 0.1 ? 2 : 3)} x`;
}

export function perSecond(value) {
  if (value >= 1e6) return `${significant(value / 1e6, 3)} M/s`;
  return value >= 1e4 ? `${significant(value / 1e3, 3)} k/s` : `${Math.round(value)}/s`;
}

export function microseconds(value) {
  return `${significant(value, 3)} µs`;
}

export function seconds(value) {
  return `${value.toFixed(1)} s`;
}

function significant(value, digits) {
  return String(Number(value.toPrecision(digits)));
}

export function counted(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** A table of Markdown. */
export function markdownTable(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
