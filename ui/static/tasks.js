// Tasks beside the conversation: a button in the composer, what can be chosen, the form of each. The forms are the
// server's; this shows them, sends them and keeps what was typed. Nothing here talks to another server.
"use strict";

(() => {
  const PLACE = "#message-composer > div:last-child > div:first-child"; // beside the composer's other buttons
  const UNREACHED = "Le serveur ne répond pas. Rien de ce que vous avez rempli n’est perdu : recommencez.";

  const byId = (id) => document.getElementById(id);
  const dialog = byId("tasks");
  const body = byId("tasks-body");
  const CONNECTING = 10_000; // ms
  let page = ""; // the name of this page, as the server says it
  const heard = []; // who waits for it

  window.addEventListener("message", (event) => {
    if (event.source === window && event.origin === location.origin && event.data?.assistantPage) {
      if (page && page !== event.data.assistantPage) body.replaceChildren(); // another conversation, other files
      page = event.data.assistantPage;
      for (const go of heard.splice(0)) go();
    }
  });

  // The composer is there a moment before the page is connected, and has a name.
  function named() {
    if (page) return Promise.resolve();
    return new Promise((go) => {
      heard.push(go);
      setTimeout(go, CONNECTING);
    });
  }

  // --- The button ------------------------------------------------------------------------------------

  function offerButton() {
    const place = document.querySelector(PLACE);
    if (!place || byId("tasks-open")) return;
    const button = Object.assign(document.createElement("button"), { id: "tasks-open", type: "button" });
    button.textContent = "Tâches";
    button.setAttribute("aria-haspopup", "dialog");
    button.addEventListener("click", open);
    place.append(button);
  }

  // What was typed stays: closing the dialog takes nothing away.
  async function open() {
    dialog.showModal();
    const form = body.querySelector("form");
    if (!form) return load("");
    byId("tasks-title").focus();
    await offerFiles(form);
  }

  // Files may have come, or gone, since the form was shown.
  async function offerFiles(form) {
    await named();
    const response = await fetch(`${form.action}?${new URLSearchParams({ page })}`).catch(() => null);
    if (!response?.ok) return;
    const anew = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const files of form.querySelectorAll(".files")) {
      const chosen = [...files.querySelectorAll(":checked")].map((box) => box.value);
      const now = anew.getElementById(files.id);
      if (now) files.replaceChildren(...document.importNode(now, true).childNodes);
      for (const box of files.querySelectorAll("input")) box.checked = chosen.includes(box.value);
    }
  }

  // --- What the server shows -------------------------------------------------------------------------

  async function load(name) {
    if (name) await named();
    const address = name ? `/${encodeURIComponent(name)}?${new URLSearchParams({ page })}` : "";
    try {
      show(await (await fetch(`${ROOT}/taches${address}`)).text());
    } catch {
      tell(UNREACHED);
    }
  }

  function show(html) {
    const part = new DOMParser().parseFromString(html, "text/html").body;
    body.replaceChildren(...document.importNode(part, true).childNodes);
    tell("");
    const wrong = body.querySelector("[aria-invalid]:is(input, select, textarea)");
    (wrong ?? byId("tasks-problem") ?? byId("tasks-title"))?.focus();
  }

  function tell(words) {
    byId("tasks-said").textContent = words;
  }

  async function send(form, button) {
    const filled = new URLSearchParams(new FormData(form, button));
    const buttons = [...form.querySelectorAll("button")];
    for (const one of buttons) one.disabled = true;
    await named();
    filled.set("page", page);
    try {
      const response = await fetch(form.action, { method: "POST", body: filled });
      if (response.ok) started();
      else if (response.headers.get("content-type")?.startsWith("text/html")) await answered(form, response);
      else tell((await response.json()).message ?? UNREACHED);
    } catch {
      tell(UNREACHED);
    }
    for (const one of buttons) one.disabled = false;
  }

  // What cannot be shown in the form is said over it, so that nothing of it is lost.
  async function answered(form, response) {
    const html = await response.text();
    const part = new DOMParser().parseFromString(html, "text/html");
    if (part.querySelector("form")) show(html);
    else tell(part.querySelector(".error")?.textContent ?? UNREACHED);
  }

  function started() {
    dialog.close();
    body.replaceChildren();
    byId("chat-input")?.focus();
  }

  // --- Progress, spoken ------------------------------------------------------------------------------

  let said = "";

  function sayProgress() {
    const steps = [...document.querySelectorAll('[data-step-type="tool"] button, [data-step-type="tool"] p')];
    const part = steps.map((step) => step.textContent.trim()).find((text) => /^Partie \d+ sur \d+$/.test(text)) ?? "";
    if (part && part !== said) {
      const line = document.createElement("p");
      line.textContent = part;
      byId("spoken").append(line);
    }
    said = part;
  }

  // --- Wiring ----------------------------------------------------------------------------------------

  dialog.addEventListener("click", (event) => {
    const task = event.target.closest("[data-task]");
    if (task) load(task.dataset.task);
    else if (event.target.closest("[data-tasks-back]")) load("");
    else if (event.target.closest("#tasks-close")) dialog.close();
  });

  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.target, event.submitter);
  });

  whenChanged(byId("root"), { characterData: true }, () => {
    offerButton();
    sayProgress();
  });
})();
