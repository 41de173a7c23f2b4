import { api } from './api.js';
import { askFirst } from './confirm-dialog.js';
import { formatUntil } from './format.js';
import { focusKey } from './key-table.js';
import { showSecret } from './secret-dialog.js';

/** What can be done to a key. `base` is the route of the list that it stands in; `onDone` shows what became of it. */
export function keyActions(base, { isTenant, onDone }) {
  const to = (key, verb) => `${base}/${key.id}/${verb}`;
  const ask = (key, question) =>
    askFirst(key, {
      ...question,
      async onDone(result) {
        const shown = onDone();
        if (result.key) await showSecret(result);
        await shown;
        focusKey(key.id);
      },
    });
  const rotate = (key) =>
    ask(key, {
      title: 'New secret for this key?',
      text: 'The key stays as it is; programs need the new secret. It is shown once.',
      label: 'Rotate',
      asksGrace: true,
      work: (gracePeriodSeconds) =>
        api('POST', to(key, 'rotate'), { gracePeriodSeconds }).catch((error) => {
          throw gracePeriodSeconds > 0 ? rotationProblem(error) : error;
        }),
    });
  const block = (key) =>
    ask(key, {
      title: 'Block this key?',
      text: 'Programs that use it are refused at once, until it is unblocked.',
      label: 'Block',
      work: () => api('POST', to(key, 'block'), {}),
    });
  const unblock = (key) =>
    ask(key, {
      title: 'Unblock this key?',
      text: isTenant ? 'This lifts the hold of the admins.' : 'Programs that use it work again.',
      label: 'Unblock',
      work: () => api('POST', to(key, 'unblock'), {}),
    });
  const remove = (key) =>
    ask(key, {
      title: 'Delete this key?',
      text: 'Programs that use it stop working at once. This cannot be undone.',
      label: 'Delete',
      isDanger: true,
      work: () => api('DELETE', `${base}/${key.id}`),
    });
  const holder = isTenant ? 'admin' : 'owner';
  return (key) => {
    if (key.status === 'deleting') return [];
    const isMine = key.blockedBy === holder || key.blockedBy === 'both';
    const isAdmins = key.blockedBy === 'admin' || key.blockedBy === 'both';
    const mayChange = isTenant || !isAdmins; // an owner neither adds to an admin's hold nor lifts it
    return [
      key.status === 'active' && !isTenant && { label: 'Rotate', run: rotate },
      mayChange && (isMine ? { label: 'Unblock', run: unblock } : { label: 'Block', run: block }),
      { label: 'Delete', run: remove },
    ].filter(Boolean);
  };
}

/** The choice that ends an older secret at once is in the dialog that shows this. */
function rotationProblem(error) {
  if (error.code !== 'rotation_in_progress') return error;
  const until = formatUntil(new Date(Date.now() + error.retryAfterSeconds * 1000));
  return new Error(
    `The secret of an earlier rotation works until ${until}. Wait until then, or choose “not any more” to end it at once.`,
  );
}
