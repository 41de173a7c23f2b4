const name = 'keywright-token';

/** Takes the token out of a sign-in link. It was in the fragment, so no server saw it; now the history forgets it too. */
function fromLink() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return null;
  history.replaceState(null, '', location.pathname);
  return token;
}

/** The token lives in this tab alone and goes with it. */
export const session = {
  get token() {
    return sessionStorage.getItem(name);
  },
  signIn(token) {
    sessionStorage.setItem(name, token);
  },
  signOut() {
    sessionStorage.removeItem(name);
  },
  /** Signs in by the address, if it holds a token. Returns whether it did. */
  signInByLink() {
    const token = fromLink();
    if (token) sessionStorage.setItem(name, token);
    return token !== null;
  },
};
