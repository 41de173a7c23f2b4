/**
 * Notes every query that a pool sends, in order: each is one round trip, BEGIN and COMMIT as well. For counting only:
 * what is timed goes over a pool that nobody listens to.
 */
export function watchStatements(pool) {
  const sent = [];
  pool.on('connect', (client) => {
    const query = client.query.bind(client);
    client.query = (...args) => {
      const [first] = args;
      sent.push(typeof first === 'string' ? { text: first } : first);
      return query(...args);
    };
  });
  return {
    /** What `work` sends. */
    async during(work) {
      sent.length = 0;
      await work();
      return [...sent];
    },
  };
}

/** The first words of a statement, to list it. */
export function headline({ text }) {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 90 ? `${line.slice(0, 90)}...` : line;
}
