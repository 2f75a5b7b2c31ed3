// What the chat's own script leaves out: names of its buttons, answers that are spoken, passages beside
// the conversation, copying an answer with its sources. Nothing here talks to another server.
"use strict";

const NAMES = [
  ["#new-chat-button", "Nouvelle conversation"],
  ["#search-chats-button", "Rechercher dans mes conversations"],
  ["#sidebar-trigger-button", "Afficher l’historique"],
  ["#chat-settings-open-modal", "Choisir où chercher"],
  ["#theme-toggle", "Thème clair ou sombre"],
  ["#stop-button", "Arrêter la réponse"],
  ["#chat-submit", "Envoyer la question"],
  ["#upload-button", "Joindre des fichiers à cette conversation"],
  ["#user-nav-button", "Mon compte"],
  [".positive-feedback-on, .positive-feedback-off", "Réponse utile"],
  [".negative-feedback-on, .negative-feedback-off", "Réponse inutile ou fausse"],
  ["button:has(> .lucide-copy)", "Copier la réponse et ses sources"],
  ["button:has(> .lucide-message-circle)", "Modifier mon avis"],
  ["button:has(> .lucide-arrow-down)", "Aller à la fin de la conversation"],
  ["[role=dialog] textarea", "Pourquoi ? (facultatif)"],
];
const THREAD_MENU = "#thread-options";
const CITATION = 'a[href*="/passage?"]';
const FILES = '[id^="step-files-"]';
const ANSWER = `[data-step-type="assistant_message"] [id^="step-"]:not(${FILES}) .message-content`;
const SOURCES = '[data-step-type="tool"] .message-content';
const SENTENCE_END = /[.!?…]["»”\s]*(?=\s|$)/g;

const byId = (id) => document.getElementById(id);

// --- Names for people who do not see the pictures ---------------------------------------------------

function nameControls() {
  for (const [selector, name] of NAMES) {
    for (const control of document.querySelectorAll(selector)) control.setAttribute("aria-label", name);
  }
  for (const menu of document.querySelectorAll(THREAD_MENU)) {
    menu.setAttribute("aria-label", "Renommer ou supprimer cette conversation");
    menu.setAttribute("role", "button");
    menu.tabIndex = 0;
  }
  byId("upload-button")?.setAttribute("role", "button");
  for (const zone of document.querySelectorAll('#root [role="presentation"][tabindex="0"]')) {
    zone.tabIndex = -1; // where files are dropped: the button does the same
  }
  for (const remove of document.querySelectorAll("#attachments button")) {
    const name = remove.closest("#attachments > *").querySelector("span")?.textContent ?? "ce fichier";
    remove.setAttribute("aria-label", `Retirer ${name}`);
  }
  for (const link of document.querySelectorAll(CITATION)) {
    if (link.title) link.setAttribute("aria-label", link.title);
  }
  const question = byId("chat-input");
  if (question) {
    question.setAttribute("role", "textbox");
    question.setAttribute("aria-multiline", "true");
    question.setAttribute("aria-label", "Votre question");
  }
}

// --- Answers, spoken sentence by sentence -----------------------------------------------------------

// What was said or, in a conversation that is opened, need not be: texts of answers, lists of sources and of files, and
// their lines, by ids, which stay when an element is drawn anew.
const heard = new Map();
const speech = { running: false, answer: "", spokenCharacters: 0 };

function follow() {
  const running = byId("stop-button") !== null;
  if (running && !speech.running) {
    Object.assign(speech, { running: true, answer: "" });
    byId("spoken").replaceChildren();
    say("Recherche en cours.");
  }
  // Where a conversation begins, what comes before the button is no old answer, and waits for it.
  if (!speech.running && location.pathname === `${ROOT}/`) return;
  // A slow page may see all that comes after the beginning in one change, and the end with it.
  sayFiles();
  saySources();
  saySentences(running);
  if (running) return;
  if (speech.running) say("Fin de la réponse.");
  speech.running = false;
  rememberAnswers();
}

const idOf = (part) => part.closest('[id^="step-"]').id;

// Each line of the list of files once, as it changes: «lecture…», then «prêt», or why not.
function sayFiles() {
  for (const list of document.querySelectorAll(FILES)) {
    const aloud = speech.running || heard.has(list.id);
    heard.set(list.id, "");
    for (const line of list.querySelectorAll("li")) {
      const key = `${list.id} ${line.textContent}`;
      if (aloud && !heard.has(key)) say(line.textContent);
      heard.set(key, "");
    }
  }
}

function saySources() {
  for (const list of document.querySelectorAll(SOURCES)) {
    const count = list.querySelectorAll("li").length;
    if (count === 0 || heard.has(idOf(list))) continue;
    heard.set(idOf(list), "");
    if (speech.running) say(count === 1 ? "Une source trouvée." : `${count} sources trouvées.`);
  }
}

function saySentences(running) {
  const answer = [...document.querySelectorAll(ANSWER)].pop();
  if (!answer) return;
  const text = spokenText(answer);
  if (idOf(answer) !== speech.answer) {
    if (!speech.running || heard.get(idOf(answer)) === text) return;
    Object.assign(speech, { answer: idOf(answer), spokenCharacters: 0 });
  }
  let end = running ? speech.spokenCharacters : text.length;
  for (const match of running ? text.matchAll(SENTENCE_END) : []) {
    if (match.index + match[0].length < text.length) end = Math.max(end, match.index + match[0].length);
  }
  const sentences = text.slice(speech.spokenCharacters, end).trim();
  speech.spokenCharacters = end;
  if (sentences) say(sentences);
}

function rememberAnswers() {
  for (const answer of document.querySelectorAll(ANSWER)) heard.set(idOf(answer), spokenText(answer));
}

function spokenText(answer) {
  return answer.textContent.replace(/\s*\[\d+(\s\?)?\]/g, "").replace(/[​\s]+/g, " ");
}

function say(words) {
  const line = document.createElement("p");
  line.textContent = words;
  byId("spoken").append(line);
}

// --- Passages, beside the conversation --------------------------------------------------------------

let opener = null;

async function openPassage(link) {
  const panel = byId("passage-panel");
  const body = byId("passage-panel-body");
  if (!body.contains(link)) opener = link; // another page of the same document leads back to the same citation
  byId("passage-panel-page").href = link.href;
  body.textContent = "Chargement…";
  if (!panel.open) panel.show();
  byId("passage-panel-title").focus();
  try {
    const response = await fetch(link.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    body.replaceChildren(document.importNode(page.querySelector("main"), true));
    const original = body.querySelector(".original");
    if (original) {
      original.scrollIntoView({ block: "start" });
      showMark(body);
    } else {
      body.querySelector("mark")?.scrollIntoView({ block: "center" });
    }
  } catch {
    body.textContent = "Le passage n’a pas pu être ouvert : le serveur ne répond pas.";
  }
}

function closePassage() {
  const panel = byId("passage-panel");
  if (!panel.open) return;
  panel.close();
  byId("passage-panel-body").replaceChildren();
  if (opener && opener.isConnected) opener.focus();
}

// --- Copying ----------------------------------------------------------------------------------------

async function copyAnswer(button) {
  const message = button.closest(".ai-message");
  const answer = message.querySelector(".message-content").innerText.replace(/\u200b/g, "").trim();
  const cited = new Map();
  for (const link of message.querySelectorAll(CITATION)) cited.set(link.textContent, link.title);
  const sources = [...cited.values()].sort((a, b) => a.localeCompare(b, "fr", { numeric: true }));
  const notice = document.querySelector(".disclosure").innerText.trim();
  await navigator.clipboard.writeText([answer, sources.join("\n"), notice].filter(Boolean).join("\n\n"));
  say("Réponse copiée.");
}

// --- Deleting the conversation that is open: the chat's own script would open it once more ----------

const fetchFromServer = window.fetch;
window.fetch = async (resource, options) => {
  const response = await fetchFromServer(resource, options);
  if (response.ok && options?.method === "DELETE" && String(resource).endsWith("/project/thread")) {
    if (location.pathname === `${ROOT}/thread/${JSON.parse(options.body).threadId}`) location.assign(`${ROOT}/`);
  }
  return response;
};

// --- Wiring -----------------------------------------------------------------------------------------

document.addEventListener(
  "click",
  (event) => {
    const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    const citation = event.target.closest(`${CITATION}:not(#passage-panel-page)`);
    const copy = event.target.closest(".ai-message button:has(> .lucide-copy)");
    if (citation && plain) {
      event.preventDefault();
      event.stopPropagation();
      openPassage(citation);
    } else if (copy) {
      event.stopPropagation();
      copyAnswer(copy);
    } else if (event.target.closest("#passage-panel-close")) {
      closePassage();
    }
  },
  true,
);

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]')) {
    closePassage();
  }
});

whenChanged(byId("root"), { characterData: true }, () => {
  nameControls();
  follow();
});
// Dialogs are put outside #root.
new MutationObserver(nameControls).observe(document.body, { childList: true });
