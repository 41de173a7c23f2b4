import { type Finding, formatUsd, type ReconcileRun } from '@keywright/core';
import { type Io, note, print } from './io.ts';
import { formatTable } from './table.ts';

/** How a comparison is told while it runs. */
export interface ReconcileReport {
  add(finding: Finding): void;
  end(run: ReconcileRun): void;
  /** It ended without a result. */
  abort(): void;
}

/**
 * One JSON document `{findings: [...], outcome, ...}`. Findings are written as they come, so that no list of them is
 * kept; one that was broken off has the outcome `aborted`.
 */
export function jsonReport({ stdout }: Io): ReconcileReport {
  let count = 0;
  const begin = () => stdout.write(count++ === 0 ? '{\n  "findings": [\n' : ',\n');
  const end = (rest: object) => {
    stdout.write(count === 0 ? '{\n  "findings": [],' : '\n  ],');
    stdout.write(`${JSON.stringify(rest, null, 2).slice(1)}\n`);
  };
  return {
    add(finding) {
      begin();
      stdout.write(`    ${JSON.stringify(findingToJson(finding))}`);
    },
    end: ({ id, startedAt, finishedAt, repair, outcome, counts, error }) =>
      end({ outcome, repair, counts, error, id, startedAt, finishedAt }),
    abort: () => end({ outcome: 'aborted' }),
  };
}

/** Money as decimal strings of USD. */
function findingToJson(finding: Finding) {
  if (finding.kind !== 'spend') return finding;
  return { ...finding, inLiteLlm: formatUsd(finding.inLiteLlm), inLedger: formatUsd(finding.inLedger) };
}

/** A table of the first findings, how many there are of each kind, and what to do about them. */
export function textReport(io: Io, limit: number): ReconcileReport {
  const shown: Finding[] = [];
  let count = 0;
  return {
    add(finding) {
      count++;
      if (shown.length < limit) shown.push(finding);
    },
    end(run) {
      if (run.outcome === 'failed') return; // the error says it all
      if (shown.length > 0) print(io, `${findingTable(shown)}\n`);
      print(io, [totals(run), ...advice(run)].join('\n'));
      if (count > shown.length) note(io, `${count - shown.length} more are not shown: --limit 100, or --json for all.`);
    },
    abort() {},
  };
}

function findingTable(findings: readonly Finding[]): string {
  const rows = findings.map((finding) => {
    if (finding.kind === 'orphan') {
      const { tenantId, alias, keyHash } = finding;
      return ['orphan', tenantId ?? '-', '-', alias ?? keyHash, 'LiteLLM holds it, the database does not know it'];
    }
    return [finding.kind, finding.tenantId, finding.userId, `${finding.keyPrefix} ${finding.keyId}`, differs(finding)];
  });
  return formatTable(['KIND', 'TENANT', 'USER', 'KEY', 'WHAT DIFFERS'], rows);
}

function differs(finding: Exclude<Finding, { kind: 'orphan' }>): string {
  if (finding.kind === 'missing') return 'LiteLLM does not hold it';
  if (finding.kind === 'drifted') return finding.fields.join(', ');
  return `LiteLLM counted ${formatUsd(finding.inLiteLlm)} USD, the ledger ${formatUsd(finding.inLedger)}`;
}

function totals({ counts, outcome, repair }: ReconcileRun): string {
  const { compared, skipped, missing, orphan, drifted, spend, repaired } = counts;
  const looked = `Keys compared: ${compared}, left alone as too young or under way: ${skipped}.`;
  if (outcome === 'equal' && compared === 0 && skipped > 0) {
    return `${looked} Nothing was old enough to compare; --grace 0s compares everything.`;
  }
  if (outcome === 'equal') return `${looked} Both systems are equal.`;
  const found = `Found: drifted ${drifted}, missing ${missing}, orphan ${orphan}, spend ${spend}.`;
  return `${looked} ${found}${repair ? ` Repaired: ${repaired}.` : ''}`;
}

const afterMissing =
  'calls of such keys go with the service key, and are refused where none is configured; ' +
  'keywright keys rotate has them in LiteLLM again';
const aboutSpend =
  'spend: somebody calls LiteLLM directly with these keys, past the limits of Keywright; let only Keywright reach LiteLLM';

function advice({ counts, repair, error }: ReconcileRun): string[] {
  const lines = (['drifted', 'missing', 'orphan'] as const)
    .filter((kind) => counts[kind] > 0)
    .map((kind) => {
      const isLeft = kind === 'orphan' && repair && error !== null;
      return `  ${kind}: ${isLeft ? 'left alone: so many are probably of another database or namespace' : repairOf(kind, counts[kind], repair)}`;
    });
  const heading = lines.length === 0 ? [] : headingOf(counts, repair);
  return [...heading, ...lines, ...(counts.spend > 0 ? [`  ${aboutSpend}`] : [])];
}

function headingOf({ drifted, missing, orphan, repaired }: ReconcileRun['counts'], repair: boolean): string[] {
  if (!repair) return ['With --repair:'];
  return repaired < drifted + missing + orphan ? ['As far as it could be repaired:'] : [];
}

/** What a repair will do to the keys of a kind, or has done. */
function repairOf(kind: 'drifted' | 'missing' | 'orphan', count: number, isDone: boolean): string {
  const were = count === 1 ? 'was' : 'were';
  if (kind === 'drifted') return `LiteLLM ${isDone ? 'was' : 'will be'} made equal to the database`;
  if (kind === 'orphan') return `${isDone ? were : 'will be'} deleted from LiteLLM`;
  return `${isDone ? were : 'will be'} marked as unmirrored; ${afterMissing}`;
}
