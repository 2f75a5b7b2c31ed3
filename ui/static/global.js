// The chat's script expects this name, as Node has it.
const global = globalThis;
