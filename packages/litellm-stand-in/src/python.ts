/** LiteLLM is written in Python, and its messages and headers show Python's way of printing values. */

/** `str(float)`: always a decimal point, and an exponent of two digits below 0.0001. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** `repr(str)`: single quotes, unless only double quotes avoid escaping. */
function pythonString(text: string): string {
  if (text.includes("'") && !text.includes('"')) return `"${text}"`;
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** `str({'error': message})`, the form in which most management errors carry their message. */
export function pythonErrorDict(message: string): string {
  return `{'error': ${pythonString(message)}}`;
}

/** `str(list)` of strings. */
export function pythonList(items: readonly string[]): string {
  return `[${items.map(pythonString).join(', ')}]`;
}

/** `datetime.isoformat()` in UTC, as rows carry it: `2026-11-01T00:00:00+00:00`. */
export function isoFormat(date: Date): string {
  return date.toISOString().replace(/\.(\d{3})Z$/, (_, ms: string) => (ms === '000' ? '+00:00' : `.${ms}000+00:00`));
}

/** `str(datetime)` in UTC, as messages carry it. */
export function pythonDate(date: Date): string {
  return isoFormat(date).replace('T', ' ');
}
