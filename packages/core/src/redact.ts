/** After a letter or digit only what is as long as a real key counts: `risk-management` is a word. */
const secretLike = /((?<![A-Za-z0-9])(?:sk|pk|rk)-)[A-Za-z0-9_-]{6,}|((?:sk|pk|rk)-)[A-Za-z0-9_-]{16,}/g;

/** Blanks everything in a text that looks like a secret key. */
export function redactSecrets(text: string): string {
  return text.replace(secretLike, '$1$2[redacted]');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced.
const control = /[\u0000-\u001f\u007f]+/g;

/** One line of well-formed text without secrets, which every log and database can hold, whoever wrote it. */
export function plainLine(text: string): string {
  return redactSecrets(text).replace(control, ' ').toWellFormed();
}
