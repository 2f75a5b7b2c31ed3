// The chat's script expects this name, as Node has it.
const global = globalThis;

// The path under which a proxy shows the pages; empty where there is none.
const ROOT = document.querySelector('meta[property="og:root_path"]').content;
