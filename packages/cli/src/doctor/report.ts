import { redactSecrets } from '@keywright/core';
import type { Config } from '../config.ts';
import { oneLine } from '../io.ts';
import { type DoctorFinding, type Severity, severities } from './finding.ts';

/** The worst of the findings. */
export function worstOf(findings: readonly DoctorFinding[]): Severity {
  const rank = Math.max(0, ...findings.map(({ severity }) => severities.indexOf(severity)));
  return severities[rank] ?? 'ok';
}

export function countsOf(findings: readonly DoctorFinding[]): Record<Severity, number> {
  const count = (wanted: Severity) => findings.filter(({ severity }) => severity === wanted).length;
  return { ok: count('ok'), info: count('info'), warning: count('warning'), error: count('error') };
}

/** The worst last, where a terminal shows it, each with what to do in a line of its own. */
export function formatFindings(findings: readonly DoctorFinding[]): string {
  const sorted = findings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const widest = Math.max(...findings.map(({ check }) => check.length));
  const lines = sorted.flatMap(({ severity, check, what, remedy }) => [
    `${severity.padEnd(7)}  ${check.padEnd(widest)}  ${oneLine(what)}`,
    ...(remedy === null ? [] : [`${' '.repeat(widest + 11)}-> ${oneLine(remedy)}`]),
  ]);
  const counts = countsOf(findings);
  return [
    ...lines,
    '',
    severities
      .toReversed()
      .map((severity) => `${severity} ${counts[severity]}`)
      .join(', '),
  ].join('\n');
}

/** Blanks what is secret in the settings, whoever repeated it, and whatever else looks like a secret. */
export function withoutSecrets(findings: readonly DoctorFinding[], { database, litellm }: Config): DoctorFinding[] {
  const password = database && 'url' in database ? new URL(database.url).password : '';
  const secrets = [litellm?.masterKey ?? '', password, decodeURIComponent(password)].filter(({ length }) => length > 3);
  const blank = (text: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), redactSecrets(text));
  return findings.map((finding) => ({
    ...finding,
    what: blank(finding.what),
    remedy: finding.remedy === null ? null : blank(finding.remedy),
  }));
}
