/** Where tests in other processes steer the stand-in; a real LiteLLM has nothing there. */
export const controlPrefix = '/stand-in/';

/** Whether a path is one of the stand-in's own and not LiteLLM's. */
export function isControlPath(path: string): boolean {
  return path.startsWith(controlPrefix);
}
