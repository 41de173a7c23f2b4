// For programs and tests that run a command in their own process; people use the `keywright` bin.
export type { Environment } from './config.ts';
export { type ExitCode, exitCodes } from './exit-codes.ts';
export type { Io } from './io.ts';
export { createProgram } from './program.ts';
export { run } from './run.ts';
