// Says that the session has ended, and leads back to the sign-in. The server closes the page's socket when
// that happens; a socket that is closed for another reason (the network) is asked about first.
"use strict";

const UNAUTHORISED = 4401;

async function ended() {
  const answer = await fetch(`${ROOT}/user`, { credentials: "same-origin" }).catch(() => null);
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
