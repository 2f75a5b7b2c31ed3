// Says that the session has ended, and leads back to the sign-in. The server closes the page's socket when
// that happens; a socket that is closed for another reason (the network) is asked about first. What the page asks for
// may be refused before: then nobody hears of the refusal, for the chat's own script would leave the page, and take what
// is being typed with it.
"use strict";

const UNAUTHORISED = 4401;
const askServer = window.fetch;

window.fetch = async (resource, options) => {
  const response = await askServer(resource, options);
  if (response.status !== 401 || new URL(response.url).origin !== location.origin) return response;
  sayEnded();
  return new Promise(() => {});
};

async function ended() {
  const answer = await askServer(`${ROOT}/user`, { credentials: "same-origin" }).catch(() => null);
  return answer !== null && answer.status === 401;
}

function sayEnded() {
  const dialog = document.getElementById("session-ended");
  if (!dialog || dialog.open) return;
  const here = location.pathname.slice(ROOT.length) + location.search;
  document.getElementById("session-sign-in").href = `${ROOT}/connexion?retour=${encodeURIComponent(here)}`;
  dialog.showModal();
}

globalThis.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    this.addEventListener("close", async (event) => {
      if (event.code === UNAUTHORISED || (await ended())) sayEnded();
    });
  }
};
