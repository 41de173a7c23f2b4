import { isKeywrightError } from '@keywright/core';
import { ConfigError } from './config.ts';

/** Opens something in `KEYWRIGHT_DATA_DIR`; what the system refuses there is told as that variable's fault. */
export async function inDataDir<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isKeywrightError(error, 'configuration_invalid')) throw new ConfigError(`KEYWRIGHT_DATA_DIR: ${error.message}`);
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
    throw new ConfigError(`KEYWRIGHT_DATA_DIR: cannot be written (${error.code}: ${error.syscall})`);
  }
}
