import { valueBar } from '../../harness/results.mjs';

const bar = 'R2';
const usualMs = 1_000;
const hardMs = 5_000;
const moments = [
  { since: 'commit', name: 'from the commit' },
  { since: 'answer', name: 'from the answer' },
  { since: 'call', name: 'from the call' },
];

/** What was seen, against what is promised. */
export function report({ connected: { byKind, streams }, cut }) {
  const all = [...[...byKind.values()].flat(), ...streams, ...cut.flatMap((one) => one.streams)];
  const stillGood = all.filter(({ isGoodHere }) => isGoodHere).length;
  return {
    bars: [
      valueBar({
        ...{ bar, what: 'same node: looks that let a key in after its answer', required: '0' },
        ...{ measured: `${stillGood} of ${all.length}`, passes: stillGood === 0 },
      }),
      ...[...byKind].map(([kind, measured]) => usual(`other node, ${kind}`, of('key', measured))),
      usual('other node, running stream of a deleted key', of('stream', streams)),
      ...cut.flatMap((one) => [
        hard(`other node hears nothing (${one.way}), key deleted: let in for the last time`, of('letIn', one.streams)),
        hard(`other node hears nothing (${one.way}), running stream of a deleted key`, of('stream', one.streams)),
      ]),
    ],
    tables: [
      table('Until the other node refuses, in milliseconds', [
        ...[...byKind].map(([kind, measured]) => [kind, of('key', measured)]),
        ...streamRows('it hears of it', streams),
        ...cut.flatMap((one) => streamRows(one.way, one.streams)),
      ]),
    ],
    notes: [
      'Two processes on one PostgreSQL and one stand-in of LiteLLM, which is a process too. The other node has each key in memory and looks at it again and again, a turn of its event loop apart.',
      'Bars are judged from the commit of the change on, which is the strictest. From the answer: since whoever asked for it was told; below 0 where the other node refused before that. From the call: since it was asked for.',
      'Beside streams each key is deleted right after the other node has read it: where it hears nothing, it may believe that for the longest time. The streams are anywhere between two looks at their key.',
    ],
  };
}

const of = (what, measured) => measured.map((one) => one[what]);

function streamRows(when, measured) {
  return [
    [`key deleted, ${when}`, of('key', measured)],
    [`key deleted, ${when}: let in for the last time`, of('letIn', measured)],
    [`running stream of a deleted key, ${when}`, of('stream', measured)],
  ];
}

function usual(what, times) {
  const { p99 } = percentiles(times.map(({ commit }) => commit));
  return valueBar({
    ...{ bar, what: `${what}, p99`, required: `<= ${milliseconds(usualMs)}` },
    ...{ measured: milliseconds(p99), passes: p99 <= usualMs },
  });
}

function hard(what, times) {
  const { max } = percentiles(times.map(({ commit }) => commit));
  return valueBar({
    ...{ bar, what: `${what}, at most`, required: `<= ${milliseconds(hardMs)}` },
    ...{ measured: milliseconds(max), passes: max <= hardMs },
  });
}

function table(title, rows) {
  const from = (times, since) => {
    const { p50, p99, max } = percentiles(times.map((time) => time[since]));
    return [p50, p99, max].map((ms) => ms.toFixed(1));
  };
  return {
    title,
    head: ['', 'times', ...moments.flatMap(({ name }) => [`${name}: p50`, 'p99', 'max'])],
    rows: rows.map(([name, times]) => [name, times.length, ...moments.flatMap(({ since }) => from(times, since))]),
  };
}

/** The nearest rank: of 100 values, p99 is the second largest. */
function percentiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part) => sorted[Math.ceil(sorted.length * part) - 1];
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

const milliseconds = (value) => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
