import { announce, byId } from './dom.js';

const dialog = byId('secret-dialog');

/** The only time that a secret is on the page; closing the dialog takes it out again. */
export function showSecret({ key, models }) {
  const model = models[0] ?? 'gpt-4o-mini';
  byId('secret').value = key;
  byId('curl-snippet').textContent = `curl ${location.origin}/v1/chat/completions \\
  -H 'Authorization: Bearer ${key}' \\
  -H 'Content-Type: application/json' \\
  -d '${JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] })}'`;
  byId('openai-snippet').textContent = `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${location.origin}/v1', apiKey: '${key}' });
const answer = await client.chat.completions.create({
  model: '${model}',
  messages: [{ role: 'user', content: 'Hello' }],
});
console.log(answer.choices[0].message.content);`;
  dialog.showModal();
  byId('secret').focus();
  byId('secret').setSelectionRange(0, key.length, 'backward');
  byId('secret').scrollLeft = 0; // its beginning says what it is
}

dialog.addEventListener('close', () => {
  byId('secret').value = '';
  byId('curl-snippet').textContent = '';
  byId('openai-snippet').textContent = '';
});

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    announce('The browser does not allow copying: select the text and copy it yourself.');
    return;
  }
  const label = button.textContent;
  button.textContent = 'Copied';
  announce('Copied');
  setTimeout(() => {
    button.textContent = label;
  }, 1500);
}

byId('copy-secret').addEventListener('click', ({ currentTarget }) => copy(currentTarget, byId('secret').value));
for (const button of dialog.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', () => copy(button, byId(button.dataset.copy).textContent));
}
