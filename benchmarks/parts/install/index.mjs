// P15: from a fresh copy of the repository to the first answer.
import { rmSync } from 'node:fs';
import { seconds, spread } from '../../harness/format.mjs';
import { information, valueBar } from '../../harness/results.mjs';
import { spreadOf } from '../../harness/statistics.mjs';
import { copyRepository } from './copy.mjs';
import { memoryOf } from './memory.mjs';
import { install, startServer } from './server.mjs';

const limitSeconds = 60;
const rounds = 2;

export async function measure({ workTree }) {
  await oneRound(workTree); // fills the package cache
  const runs = [];
  while (runs.length < rounds) runs.push(await oneRound(workTree));
  const took = (part) => spread(spreadOf(runs.map((run) => run[part])), seconds);
  const total = spreadOf(runs.map(({ installing, starting }) => installing + starting));
  return {
    bars: [
      valueBar({
        bar: 'P15',
        what: 'npm ci && npm start of a fresh copy, until GET /healthz is answered',
        required: `< ${limitSeconds} s`,
        measured: spread(total, seconds),
        passes: total.median < limitSeconds,
        base: `npm ci ${took('installing')}, npm start ${took('starting')}`,
      }),
      information({
        bar: 'P15',
        what: 'memory of the idle example server on PGlite',
        measured: runs.map(({ memory }) => memory).join(', '),
      }),
    ],
    notes: [
      `The copy is ${workTree ? 'the files as they are' : 'the last commit'}; one run before filled the package cache, and ${rounds} were measured.`,
    ],
  };
}

/** Seconds of each step, and the memory of the server afterwards. */
async function oneRound(workTree) {
  const folder = copyRepository(workTree);
  try {
    const installing = await timed(() => install(folder));
    let server;
    const starting = await timed(async () => {
      server = await startServer(folder);
    });
    try {
      return { installing, starting, memory: await memoryOf(server.pid) };
    } finally {
      await server.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function timed(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
