// The page of a passage, alone or beside the conversation: copying a quotation, and bringing the mark on the
// original into sight. The page does without this script; nothing here talks to anybody.
"use strict";

function showMark(within) {
  const frame = within.querySelector(".sheet-frame");
  const mark = frame?.querySelector("rect");
  if (!mark) return;
  const above = mark.getBoundingClientRect().top - frame.getBoundingClientRect().top;
  frame.scrollTop += above - frame.clientHeight / 3;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest(".quotation .copy");
  if (!button) return;
  const quotation = button.closest(".quotation");
  const said = quotation.querySelector(".copied");
  said.textContent = "";
  try {
    await navigator.clipboard.writeText(quotation.querySelector(".to-copy").textContent);
    said.textContent = "Citation copiée.";
  } catch {
    quotation.querySelector("details").open = true;
    said.textContent = "Ce navigateur ne permet pas de copier : sélectionnez le texte ci-dessous.";
  }
});

if (document.querySelector("body.page")) showMark(document);
