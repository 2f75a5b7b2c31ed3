// Files and folders that are dropped or chosen, sent one by one. What the server has received the server tells.

const AT_ONCE = 4; // files
const TRIES = 8;
const FIRST_WAIT = 500; // ms, twice as long after each try
const LONGEST_WAIT = 30_000;
const SAID_EVERY = 3_000; // ms: a screen reader is not to be flooded
const AGAIN = new Set([0, 408, 429, 502, 503, 504]); // 0: the connection was lost
const AWAY = "Le serveur ne répond pas. Vérifiez la connexion, puis déposez à nouveau les mêmes fichiers : ce qui est reçu ne change pas.";
const SIGNED_OUT = "Votre session est terminée. Reconnectez-vous, puis déposez à nouveau les mêmes fichiers.";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

const count = (number, one, many) => `${number.toLocaleString("fr-FR")} ${number > 1 ? many : one}`;

/** Ends the whole upload: no other file would fare better. */
class Halt extends Error {}

const isHidden = (name) => name.split("/").some((part) => part.startsWith("."));

/** All files below an entry of what was dropped. */
async function* below(entry) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    yield { file, name: entry.fullPath.replace(/^\//, "") };
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    // A browser gives a hundred at a time.
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return;
    for (const one of some) yield* below(one);
  }
}

async function dropped(transfer) {
  // The list is gone once the event is over.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = [];
  for (const entry of entries) for await (const one of below(entry)) files.push(one);
  return files;
}

const chosen = (input) => [...input.files].map((file) => ({ file, name: file.webkitRelativePath || file.name }));

class Upload {
  constructor(form) {
    this.form = form;
    this.limit = Number(form.dataset.limit);
    this.open = form.dataset.open || "";
    this.queue = [];
    this.requests = new Set();
    this.running = false;
    this.part = (name) => form.querySelector(`[data-${name}]`);
  }

  async add(files) {
    const seen = files.filter((one) => !isHidden(one.name));
    if (!seen.length) return;
    this.queue.push(...seen);
    if (this.running) {
      this.total += seen.length;
      this.bytes += seen.reduce((sum, one) => sum + one.file.size, 0);
      return;
    }
    await this.run();
  }

  async run() {
    Object.assign(this, { running: true, stopped: false, done: 0, refused: 0, sent: 0, said: 0 });
    this.total = this.queue.length;
    this.bytes = this.queue.reduce((sum, one) => sum + one.file.size, 0);
    this.part("sending").hidden = false;
    window.addEventListener("beforeunload", hold);
    try {
      await this.begin();
      // More may be dropped while the last ones are sent.
      while (this.queue.length && !this.stopped) {
        await Promise.all(Array.from({ length: AT_ONCE }, () => this.work()));
      }
      if (!this.stopped) await this.end();
    } catch (error) {
      this.stop();
      this.say(error instanceof Halt ? error.message : AWAY, true);
    } finally {
      this.running = false;
      window.removeEventListener("beforeunload", hold);
    }
  }

  async begin() {
    if (this.open) return;
    const answer = await this.asked(this.form.action, { method: "POST", headers: { Accept: "application/json" } });
    this.open = (await answer.json()).versement;
    // Whoever reloads the page sees what was received.
    history.replaceState(null, "", this.open);
  }

  async end() {
    this.say("Tous les fichiers sont envoyés.", true);
    await this.asked(`${this.open}/fin`, { method: "POST", redirect: "manual" });
    window.removeEventListener("beforeunload", hold);
    window.location.assign(`${this.open}?dit=envoye`);
  }

  /** A request that no file depends on, tried again as a file is. */
  async asked(address, options) {
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const answer = await fetch(address, options).catch(() => null);
      if (answer && (answer.ok || answer.type === "opaqueredirect")) return answer;
      if (answer && !AGAIN.has(answer.status)) throw new Halt(answer.status === 401 ? SIGNED_OUT : AWAY);
      await pause(waitAfter(attempt, answer?.headers.get("Retry-After")));
    }
    throw new Halt(AWAY);
  }

  async work() {
    for (let one = this.queue.shift(); one && !this.stopped; one = this.queue.shift()) await this.send(one);
  }

  async send({ file, name }) {
    const line = document.createElement("li");
    const bar = document.createElement("progress");
    bar.max = Math.max(file.size, 1);
    bar.setAttribute("aria-label", name);
    line.append(`${name} `, bar);
    this.part("files").append(line);
    let counted = 0;
    const moved = (bytes) => {
      this.sent += bytes - counted;
      counted = bytes;
      bar.value = bytes;
      this.show();
    };
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.put(file, name, moved);
      if (this.stopped) break;
      if (answer.status === 401) throw new Halt(SIGNED_OUT);
      if (AGAIN.has(answer.status)) {
        moved(0);
        if (attempt + 1 === TRIES) throw new Halt(AWAY);
        await pause(waitAfter(attempt, answer.after));
        continue;
      }
      if (answer.status !== 200) throw new Halt(answer.message || AWAY);
      if (answer.refus) this.refuse(answer.refus);
      moved(file.size);
      this.done += 1;
      this.show();
      break;
    }
    line.remove();
  }

  put(file, name, moved) {
    return new Promise((answered) => {
      const request = new XMLHttpRequest();
      this.requests.add(request);
      const over = () => {
        this.requests.delete(request);
        let told = {};
        try {
          told = JSON.parse(request.responseText);
        } catch {
          // no answer of ours: its status says enough
        }
        answered({ ...told, status: request.status, after: request.getResponseHeader("Retry-After") });
      };
      request.open("PUT", `${this.open}/fichiers`);
      request.setRequestHeader("Nom-Fichier", encodeURIComponent(name));
      request.setRequestHeader("Taille-Fichier", String(file.size));
      request.upload.addEventListener("progress", (event) => moved(Math.min(event.loaded, file.size)));
      request.addEventListener("loadend", over);
      // The server refuses what is too large by what it is told of it.
      request.send(file.size > this.limit ? null : file);
    });
  }

  refuse(message) {
    this.refused += 1;
    const problems = this.part("problems");
    problems.hidden = false;
    const line = document.createElement("li");
    line.textContent = message;
    problems.querySelector("ul").append(line);
  }

  stop() {
    this.stopped = true;
    this.queue = [];
    for (const request of this.requests) request.abort();
  }

  show() {
    const all = this.part("all");
    all.max = Math.max(this.bytes, 1);
    all.value = this.sent;
    const refused = this.refused ? `, ${count(this.refused, "pas pris", "pas pris")}` : "";
    this.say(`${count(this.done, "fichier envoyé", "fichiers envoyés")} sur ${this.total.toLocaleString("fr-FR")}${refused}`);
  }

  say(sentence, now = false) {
    if (!now && Date.now() - this.said < SAID_EVERY) return;
    this.said = Date.now();
    this.part("said").textContent = sentence;
  }
}

const hold = (event) => event.preventDefault();

function waitAfter(attempt, asked) {
  const seconds = Number(asked);
  return seconds > 0 ? Math.min(seconds * 1_000, LONGEST_WAIT) : Math.min(FIRST_WAIT * 2 ** attempt, LONGEST_WAIT);
}

for (const form of document.querySelectorAll("[data-upload]")) {
  const upload = new Upload(form);
  for (const one of form.querySelectorAll("[data-only-script]")) one.hidden = false;
  for (const one of form.querySelectorAll("[data-only-plain]")) one.hidden = true;
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const input of form.querySelectorAll("input[type=file]")) {
    input.addEventListener("change", () => {
      upload.add(chosen(input));
      input.value = "";
    });
  }
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("console-drop--over");
    });
  }
  form.addEventListener("dragleave", () => form.classList.remove("console-drop--over"));
  form.addEventListener("drop", async (event) => {
    event.preventDefault();
    form.classList.remove("console-drop--over");
    upload.add(await dropped(event.dataTransfer));
  });
  form.querySelector("[data-stop]").addEventListener("click", () => {
    upload.stop();
    upload.say("Envoi interrompu. Ce qui est reçu reste reçu.", true);
  });
}
