// An announcement can be closed for as long as the tab is open. While somebody has the page before them it is looked up
// again now and then: a conversation may stay open all day. Nobody is told twice of what did not change.
"use strict";

{
  const CLOSED = "annonce";
  const EVERY_MS = 60_000;
  const place = document.getElementById("announcement");

  const closed = (shown) => sessionStorage.getItem(CLOSED) === shown.dataset.edition;

  function close(shown) {
    sessionStorage.setItem(CLOSED, shown.dataset.edition);
    shown.remove();
    document.querySelector("#chat-input, main")?.focus();
  }

  function show(shown) {
    const now = place.firstElementChild;
    if (!shown || closed(shown)) {
      now?.remove();
      return;
    }
    if (now !== shown && now?.dataset.edition === shown.dataset.edition) return;
    if (now !== shown) place.replaceChildren(shown);
    const button = shown.querySelector("button");
    button.hidden = false;
    button.addEventListener("click", () => close(shown));
  }

  async function look() {
    if (document.visibilityState !== "visible") return;
    const answer = await fetch(place.dataset.address, { credentials: "omit" }).catch(() => null);
    if (!answer?.ok) return;
    const read = document.createElement("template");
    read.innerHTML = await answer.text();
    show(read.content.firstElementChild);
  }

  show(place.firstElementChild);
  if (document.body.classList.contains("chat")) look();
  document.addEventListener("visibilitychange", look);
  setInterval(look, EVERY_MS);
}
