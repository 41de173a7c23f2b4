// A process of its own, told over Node's channel between processes what to do.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Runs a script that calls `serve`. `call` resolves to what the command there returns, and rejects when it throws or
 * the process ends.
 */
export async function startChild(script, given) {
  const child = fork(fileURLToPath(script), [JSON.stringify(given)], { execArgv: process.execArgv });
  const waiting = new Map();
  const exited = once(child, 'exit');
  let next = 0;
  child.on('message', ({ id, result, error }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(result);
    else reject(new Error(error));
  });
  const call = (command, input) =>
    new Promise((resolve, reject) => {
      const id = next++;
      waiting.set(id, { resolve, reject });
      child.send({ id, command, input }, (error) => error && reject(error));
    });
  void exited.then(([code, signal]) => {
    for (const { reject } of waiting.values()) reject(new Error(`A process ended by itself: ${code ?? signal}`));
  });
  return {
    call,
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** In the child: answers commands until the parent lets go, then closes. */
export function serve(commands, close) {
  process.on('message', ({ id, command, input }) => {
    Promise.resolve()
      .then(() => commands[command](input))
      .then(
        (result) => process.send({ id, result }),
        (error) => process.send({ id, error: String(error.message) }),
      );
  });
  process.once('disconnect', () => void close().finally(() => process.exit()));
}

/** What the parent gave. */
export const given = () => JSON.parse(process.argv[2]);

/** Milliseconds of the one clock that all processes of a machine read alike, and that nobody sets. */
export const now = () => Number(process.hrtime.bigint()) / 1e6;
