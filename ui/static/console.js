// The console works without this: it only spares its readers a few gestures.

// On a narrow screen the menu is folded, so that a page begins with what it is about.
const menu = document.querySelector(".console-menu details");
if (menu && window.matchMedia("(max-width: 62rem)").matches) {
  menu.open = false;
}

// What is wrong in a form comes first to whoever sent it.
document.querySelector("[aria-invalid=true], .fr-fieldset--error input")?.focus();

// A part that goes on by itself rests while its reader is in it, or away: what has the focus must not vanish.
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const part = event.target.closest("[data-live]");
  if (part && part === event.target && (document.hidden || part.contains(document.activeElement))) event.preventDefault();
});
