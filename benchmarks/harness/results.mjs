// What a part hands back: `bars`, one for each thing that quality is judged by, and `tables` with every figure.
import { factor, microseconds, perSecond, spread } from './format.mjs';

/** Beyond this, between the rounds, a median says more about the machine than about the candidates. */
const calmSpread = 2;

/** A bar on a ratio; the median decides. */
export function ratioBar({ bar, what, atLeast, comparison, candidate, base, beside = [] }) {
  const ratio = comparison.ratio(candidate, base);
  return {
    bar,
    what,
    required: `>= ${factor(atLeast)}`,
    measured: spread(ratio, factor),
    verdict: verdictOn(ratio.median >= atLeast, ratio),
    base: `${base}: ${perSecond(comparison.rate(base).median)}`,
    beside: beside.map((name) => `${name}: ${factor(comparison.ratio(name, base).median)}`).join(', '),
  };
}

/** A bar on how many times slower something may be; the median decides. */
export function slownessBar({ bar, what, atMost, ratio, base }) {
  return {
    bar,
    what,
    required: `<= ${factor(atMost)}`,
    measured: spread(ratio, factor),
    verdict: verdictOn(ratio.median <= atMost, ratio),
    base,
    beside: '',
  };
}

function verdictOn(passes, ratio) {
  return (passes ? 'pass' : 'miss') + (ratio.max > calmSpread * ratio.min ? ', noisy' : '');
}

/** A bar on something that is counted or weighed, once. */
export function valueBar({ bar, what, required, measured, passes, base = '', beside = '' }) {
  return { bar, what, required, measured, verdict: passes ? 'pass' : 'miss', base, beside };
}

/** A figure that nothing is judged by. */
export function information({ bar, what, measured, base = '', beside = '' }) {
  return { bar, what, required: '', measured, verdict: 'information', base, beside };
}

/** Every candidate of a comparison. */
export function comparisonTable(title, comparison, base) {
  const rows = comparison
    .rows(base)
    .map(({ name, rate, ratio, cpu }) => [
      name,
      spread(rate, perSecond),
      spread(ratio, factor),
      microseconds(cpu.median),
    ]);
  return { title, head: ['', 'calls per second', `ratio to ${base}`, 'CPU time of this process per call'], rows };
}
