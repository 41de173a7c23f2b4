import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./node-server.ts', import.meta.url));

/** Two servers, of which one after the other is killed and started again. */
export class Nodes {
  kills = 0;
  readonly #env: NodeJS.ProcessEnv;
  readonly #running: (Promise<{ child: ChildProcess; url: string }> | undefined)[] = [];
  #isStopped = false;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  async start(count: number): Promise<void> {
    for (let index = 0; index < count; index++) this.#running[index] = this.#spawn();
    await Promise.all(this.#running);
  }

  /** The address of one of them; it may be dead by the time it is called. */
  async url(random: () => number): Promise<string> {
    const node = this.#running[Math.floor(random() * this.#running.length)];
    return (await node)?.url ?? '';
  }

  /** As kill -9 does; a new one takes its place. */
  async kill(index: number): Promise<void> {
    const { child } = (await this.#running[index]) ?? {};
    if (!child || this.#isStopped) return;
    child.kill('SIGKILL');
    this.kills++;
    this.#running[index] = this.#spawn();
    await this.#running[index];
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const node of this.#running) (await node)?.child.kill('SIGKILL');
  }

  #spawn(): Promise<{ child: ChildProcess; url: string }> {
    const child = spawn(process.execPath, ['--conditions=@keywright/source', script], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Promise((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', (url) => resolve({ child, url }));
      child.once('exit', (code, signal) => reject(new Error(`A node ended by itself: ${code ?? signal}`)));
    });
  }
}
