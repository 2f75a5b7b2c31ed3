// A search as a link: behind «#», which no browser sends to a server, so that no log ever holds a question.
// The page does without this script; nothing here talks to anybody.
"use strict";

const FORM = document.querySelector("form.search");
const FIELDS = ["question", "collection", "kind", "author", "signed_from", "signed_until", "on"];

function address() {
  const asked = new URLSearchParams();
  for (const [name, value] of new FormData(FORM)) {
    if (FIELDS.includes(name) && value.trim()) asked.append(name, value);
  }
  const link = new URL(FORM.action);
  link.hash = asked.toString();
  return link.href;
}

// Nothing is searched before the reader presses the button: a search is recorded in their name.
function fill() {
  const asked = new URLSearchParams(location.hash.slice(1));
  if (!asked.get("question") || document.getElementById("results")) return;
  for (const name of FIELDS) {
    const values = asked.getAll(name);
    for (const field of FORM.querySelectorAll(`[name="${name}"]`)) {
      if (field.type === "checkbox") field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    }
  }
  document.getElementById("shared").hidden = false;
}

const share = document.getElementById("share");
if (share) {
  share.hidden = false;
  share.addEventListener("click", async () => {
    await navigator.clipboard.writeText(address());
    document.getElementById("shared-link").textContent = "Lien copié.";
  });
}

// On a narrow screen the filters stand before the results: folded, unless one needs them first.
const filters = document.querySelector(".fold");
if (filters && matchMedia("(max-width: 52rem)").matches) filters.open = false;

fill();
