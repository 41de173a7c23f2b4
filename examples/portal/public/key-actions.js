import { api } from './api.js';
import { askFirst } from './confirm-dialog.js';
import { showSecret } from './secret-dialog.js';

/** What can be done to a key. `base` is the route of the list that it stands in; `onDone` shows what became of it. */
export function keyActions(base, { isTenant, onDone }) {
  const to = (key, verb) => `${base}/${key.id}/${verb}`;
  const rotate = (key) =>
    askFirst(key, {
      title: 'New secret for this key?',
      text: 'The key stays as it is; programs need the new secret. It is shown once.',
      label: 'Rotate',
      asksGrace: true,
      async work(gracePeriodSeconds) {
        const rotated = await api('POST', to(key, 'rotate'), { gracePeriodSeconds });
        onDone();
        showSecret(rotated);
      },
    });
  const block = (key) =>
    askFirst(key, {
      title: 'Block this key?',
      text: 'Programs that use it are refused at once, until it is unblocked.',
      label: 'Block',
      async work() {
        await api('POST', to(key, 'block'), {});
        onDone();
      },
    });
  const unblock = (key) =>
    askFirst(key, {
      title: 'Unblock this key?',
      text: isTenant ? 'This lifts the hold of the admins.' : 'Programs that use it work again.',
      label: 'Unblock',
      async work() {
        await api('POST', to(key, 'unblock'), {});
        onDone();
      },
    });
  const remove = (key) =>
    askFirst(key, {
      title: 'Delete this key?',
      text: 'Programs that use it stop working at once. This cannot be undone.',
      label: 'Delete',
      isDanger: true,
      async work() {
        await api('DELETE', `${base}/${key.id}`);
        onDone();
      },
    });
  const holder = isTenant ? 'admin' : 'owner';
  return (key) => {
    if (key.status === 'deleting') return [];
    const isMine = key.blockedBy === holder || key.blockedBy === 'both';
    const isAdmins = key.blockedBy === 'admin' || key.blockedBy === 'both';
    const canUnblock = isMine && (isTenant || !isAdmins);
    return [
      key.status === 'active' && !isTenant && { label: 'Rotate', run: rotate },
      canUnblock ? { label: 'Unblock', run: unblock } : !isMine && { label: 'Block', run: block },
      { label: 'Delete', run: remove },
    ].filter(Boolean);
  };
}
