// What a conversation is given beside the chat's own script: its export, reasons of an opinion, names of the buttons
// that edit a question, and acronyms that say what they stand for. Nothing here talks to another server.
"use strict";

(() => {
  const REASONS = ["incomplet", "faux", "source inadaptée", "périmé", "autre"];
  const SAVED = ["aucun", "5 min", "15 min", "30 min", "1 h", "plus d’1 h"].map((time) => [`temps gagné ${time}`, time]);
  const WORDS = [...REASONS, ...SAVED.map(([word]) => word)];
  const ACRONYMS = "Sigles\u202f: ";
  const ANSWERS = '[data-step-type="assistant_message"] .message-content';
  const EDITING = [
    [".edit-message", "Modifier cette question"],
    ["#edit-chat-input", "Votre question, à modifier"],
  ];

  const byId = (id) => document.getElementById(id);

  // --- Export ---------------------------------------------------------------------------------------

  function offerExport(button) {
    const conversation = location.pathname.match(/\/thread\/([0-9a-f-]{36})/)?.[1];
    if (!conversation) return;
    const exchange = button.id.replace("export-", "");
    const dialog = byId("export");
    for (const link of dialog.querySelectorAll("a")) {
      const query = new URLSearchParams({ format: link.dataset.format });
      if (link.dataset.of === "answer") query.set("exchange", exchange);
      link.href = `${ROOT}/conversation/${conversation}/export?${query}`;
    }
    dialog.showModal();
  }

  // --- Reasons: words that are put before what the reader writes -------------------------------------

  function split(text) {
    const [head, ...rest] = text.split(":");
    const chosen = head.split(",").map((word) => word.trim().toLowerCase());
    if (!chosen.every((word) => WORDS.includes(word))) return [[], text.trim()];
    return [chosen, rest.join(":").trim()];
  }

  function write(textarea, chosen, words) {
    const text = [chosen.join(", "), words].filter(Boolean).join("\u202f: ");
    const setter = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;
    setter.call(textarea, text); // the chat's script hears of it by the event alone
    textarea.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // What is chosen in the dialog stands before the reader's own words, reasons first.
  function take(dialog, textarea) {
    const boxes = [...dialog.querySelectorAll(".reasons input:checked")].map((one) => one.value);
    const saved = dialog.querySelector(".saved select").value;
    write(textarea, [...boxes, ...(saved ? [saved] : [])], split(textarea.value)[1]);
  }

  function offerOpinions() {
    const dialog = byId("submit-feedback")?.closest('[role="dialog"]');
    if (!dialog || dialog.querySelector(".saved")) return;
    const textarea = dialog.querySelector("textarea");
    if (dialog.querySelector(".lucide-thumbs-down")) offerReasons(dialog, textarea);
    offerSaved(dialog, textarea);
  }

  function offerSaved(dialog, textarea) {
    const label = Object.assign(document.createElement("label"), { className: "saved", textContent: "Temps gagné " });
    const select = document.createElement("select");
    for (const [value, name] of [["", "je ne sais pas"], ...SAVED]) select.append(new Option(name, value));
    select.value = split(textarea.value)[0].find((word) => word.startsWith("temps gagné")) ?? "";
    select.addEventListener("change", () => take(dialog, textarea));
    label.append(select);
    textarea.before(label);
  }

  function offerReasons(dialog, textarea) {
    const set = document.createElement("fieldset");
    set.className = "reasons";
    set.append(Object.assign(document.createElement("legend"), { textContent: "Ce qui ne va pas" }));
    for (const reason of REASONS) {
      const label = document.createElement("label");
      const box = Object.assign(document.createElement("input"), { type: "checkbox", value: reason });
      box.checked = split(textarea.value)[0].includes(reason);
      box.addEventListener("change", () => take(dialog, textarea));
      label.append(box, ` ${reason}`);
      set.append(label);
    }
    textarea.before(set);
  }

  // --- Acronyms -------------------------------------------------------------------------------------

  function explainAcronyms() {
    for (const answer of document.querySelectorAll(ANSWERS)) {
      if (answer.querySelector("abbr")) continue;
      const paragraphs = [...answer.querySelectorAll('[role="article"]')];
      const line = paragraphs.find((paragraph) => paragraph.textContent.startsWith(ACRONYMS));
      const pairs = line?.textContent.slice(ACRONYMS.length).replace(/\.$/, "").split("\u202f; ");
      for (const pair of pairs ?? []) explain(answer, line, pair);
    }
  }

  function explain(answer, line, pair) {
    const [short, long] = pair.split("\u202f: ");
    const texts = document.createTreeWalker(answer, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      const found = text.data.search(new RegExp(`(?<![\\p{L}\\d])${short}(?![\\p{L}\\d])`, "u"));
      if (found < 0 || line.contains(text) || text.parentElement.closest("a")) continue;
      const word = text.splitText(found);
      word.splitText(short.length);
      const abbreviation = Object.assign(document.createElement("abbr"), { title: long, tabIndex: 0 });
      abbreviation.setAttribute("aria-label", `${short}, ${long}`);
      word.replaceWith(abbreviation);
      abbreviation.append(word);
      return;
    }
  }

  // --- Wiring ---------------------------------------------------------------------------------------

  document.addEventListener(
    "click",
    (event) => {
      const button = event.target.closest('button[id^="export-"]');
      if (button) {
        event.stopPropagation();
        offerExport(button);
      } else if (event.target.closest("#export a, #export-close")) {
        byId("export").close();
      }
    },
    true,
  );

  whenChanged(document.body, {}, () => {
    if (byId("stop-button")) return; // what is still being written is drawn anew
    for (const [selector, name] of EDITING) {
      for (const control of document.querySelectorAll(`${selector}:not([aria-label])`)) {
        control.setAttribute("aria-label", name);
      }
    }
    offerOpinions();
    explainAcronyms();
  });
})();
