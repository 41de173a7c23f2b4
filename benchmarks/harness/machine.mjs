import os from 'node:os';

/** What the figures were taken on, as lines of Markdown. */
export function describeMachine(postgres) {
  const [cpu] = os.cpus();
  const gib = (os.totalmem() / 2 ** 30).toFixed(1);
  return [
    `- ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    `- ${cpu?.model.trim() ?? 'unknown processor'}, ${os.availableParallelism()} cores, ${gib} GiB, load at the start ${os.loadavg()[0].toFixed(1)}`,
    `- ${os.type()} ${os.arch()}, Node ${process.versions.node}`,
    ...(postgres ? [`- PostgreSQL ${postgres}`] : []),
  ];
}
