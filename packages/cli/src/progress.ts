import { type Io, oneLine } from './io.ts';

/** One line at a terminal that is written over while something long runs; nothing where stderr is no terminal. */
export interface Progress {
  show(text: string): void;
  /** Takes the line away. */
  end(): void;
}

const everyMs = 100;
const clear = '\r\u001b[K';

export function startProgress({ stderr }: Io): Progress {
  if (!stderr.isTTY) return { show() {}, end() {} };
  let shownAt = 0;
  return {
    show(text) {
      const now = Date.now();
      if (now - shownAt < everyMs) return;
      shownAt = now;
      stderr.write(clear + oneLine(text));
    },
    end() {
      if (shownAt > 0) stderr.write(clear);
    },
  };
}
