#!/usr/bin/env node
import { processEnvironment } from './config.ts';
import { run } from './run.ts';

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());

// a reader that has seen enough (`| head`) is no failure
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const { stdout, stderr, stdin } = process;
void run(process.argv.slice(2), {
  stdout,
  stderr,
  stdin,
  env: processEnvironment(),
  stop: stop.signal,
}).then((code) => {
  process.exitCode = code;
});
