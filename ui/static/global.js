// The chat's script expects this name, as Node has it.
const global = globalThis;

// The path under which a proxy shows the pages; empty where there is none.
const ROOT = document.querySelector('meta[property="og:root_path"]').content;

// Work on a part of the page whenever it has changed, once for all that changes before it is drawn.
function whenChanged(part, changes, work) {
  let scheduled = false;
  new MutationObserver(() => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      work();
    });
  }).observe(part, { childList: true, subtree: true, ...changes });
}
