// The console works without this: it only spares its readers a few gestures.

// On a narrow screen the menu is folded, so that a page begins with what it is about.
const menu = document.querySelector(".console-menu details");
if (menu && window.matchMedia("(max-width: 62rem)").matches) {
  menu.open = false;
}

// What is wrong in a form comes first to whoever sent it.
document.querySelector("[aria-invalid=true]")?.focus();
