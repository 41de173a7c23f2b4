import { markdownTable } from './format.mjs';

/** The report: what was judged, then every figure. */
export function writeReport(machine, options, parts) {
  const bars = parts.flatMap(({ result }) => result?.bars ?? []);
  const head = ['bar', 'what', 'required', 'measured', '', 'base', 'beside it'];
  const rows = bars.map((row) => [row.bar, row.what, row.required, row.measured, row.verdict, row.base, row.beside]);
  return [
    '# Benchmarks',
    ...machine,
    '',
    `Ratios are taken within a round and between rounds the median is shown, with the smallest and the largest (${options.rounds} rounds, ${options.cellMs} ms for each candidate). Rates of a base, seconds and memory are information: they belong to this machine and this moment.`,
    '',
    markdownTable(head, rows),
    ...parts.flatMap(partSection),
    '',
  ].join('\n');
}

function partSection({ name, result, error }) {
  if (error) return ['', `## ${name}`, `Not measured: ${error}`];
  const notes = (result.notes ?? []).map((note) => `- ${note}`);
  const tables = (result.tables ?? []).flatMap(({ title, head, rows }) => [
    '',
    `### ${title}`,
    markdownTable(head, rows),
  ]);
  return ['', `## ${name}`, ...notes, ...tables];
}
