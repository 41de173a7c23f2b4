/** From harmless to bad. */
export const severities = ['ok', 'info', 'warning', 'error'] as const;
export type Severity = (typeof severities)[number];

/** What one check saw. */
export interface DoctorFinding {
  severity: Severity;
  /** What was looked at: `database.schema`. Stable: scripts may look for it. */
  check: string;
  /** Never holds a secret. */
  what: string;
  /** What to do; null where there is nothing to do. */
  remedy: string | null;
}

export function ok(check: string, what: string): DoctorFinding {
  return { severity: 'ok', check, what, remedy: null };
}

export function info(check: string, what: string, remedy: string | null = null): DoctorFinding {
  return { severity: 'info', check, what, remedy };
}

export function warning(check: string, what: string, remedy: string): DoctorFinding {
  return { severity: 'warning', check, what, remedy };
}

export function error(check: string, what: string, remedy: string): DoctorFinding {
  return { severity: 'error', check, what, remedy };
}

/** Runs one check; one that fails is a finding itself, and the others go on. */
export async function guarded(
  check: string,
  work: () => Promise<DoctorFinding[]>,
  remedy = 'see to what it says, and run keywright doctor again',
): Promise<DoctorFinding[]> {
  try {
    return await work();
  } catch (cause) {
    return [error(check, `could not be checked: ${messageOf(cause)}`, remedy)];
  }
}

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
