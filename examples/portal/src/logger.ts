import type { Logger } from '@keywright/core';

/** One line each on stderr, so that stdout holds only what the person who starts the server reads. */
export function stderrLogger(): Logger {
  const write = (level: string) => (message: string, fields?: Record<string, unknown>) =>
    void process.stderr.write(`${level} ${message}${fields ? ` ${JSON.stringify(fields)}` : ''}\n`);
  return { debug() {}, info: write('info'), warn: write('warn'), error: write('error') };
}
