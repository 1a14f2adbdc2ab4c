// Sends files one after another to the server's upload route, and tells Python when all have arrived ("done"), when
// they have not ("ended"), and when the visitor does not want them any more ("removed").

const PARTS = `
  <span class="fs-upload-label"></span>
  <div class="fs-upload-done" hidden>
    <span class="fs-upload-tick" aria-hidden="true">✓</span>
    <span class="fs-upload-name"></span>
    <small></small>
    <button type="button">Remove</button>
  </div>
  <label class="fs-upload-drop">
    <input type="file" class="fs-hidden">
    <span><b></b><span class="fs-upload-or"> or drop <i></i> here</span></span>
    <small></small>
  </label>
  <div class="fs-upload-busy" hidden>
    <div><span class="fs-upload-name"></span><button type="button">Cancel</button></div>
    <progress max="1"></progress>
    <small></small>
  </div>
  <p class="fs-upload-error" role="alert" hidden></p>
  <p class="fs-upload-said fs-hidden" role="status"></p>`;

export default function ({ data, parentElement, setTriggerValue }) {
  let root = parentElement.querySelector(".fs-upload");
  if (!root) root = build(parentElement);
  root.data = data;
  root.trigger = setTriggerValue;
  draw(root);
  if (root.waiting && data.ticket !== root.spent) {
    const files = root.waiting;
    root.waiting = null;
    start(root, files.list, files.folder);
  }
  return () => setTimeout(() => root.isConnected || cancel(root)); // the page was left
}

function build(parent) {
  const root = document.createElement("div");
  root.className = "fs-upload";
  root.innerHTML = PARTS; // a constant; whatever comes from data goes in as textContent
  const input = root.querySelector("input");
  const drop = root.querySelector(".fs-upload-drop");
  input.onchange = () => {
    start(root, [...input.files], "");
    input.value = ""; // the same file may be chosen again
  };
  drop.ondragover = (event) => {
    event.preventDefault();
    drop.classList.add("fs-over");
  };
  drop.ondragleave = () => drop.classList.remove("fs-over");
  drop.ondrop = async (event) => {
    event.preventDefault();
    drop.classList.remove("fs-over");
    const { list, folder } = await dropped(event.dataTransfer);
    start(root, list, folder);
  };
  root.querySelector(".fs-upload-busy button").onclick = () => cancel(root);
  root.querySelector(".fs-upload-done button").onclick = () => {
    root.trigger("removed", Date.now());
    input.focus();
  };
  parent.appendChild(root);
  return root;
}

function draw(root) {
  const { label, hint, several, uploaded, most } = root.data;
  const say = (selector, text) => (root.querySelector(selector).textContent = text);
  const busy = Boolean(root.sending);
  const done = Boolean(uploaded) && !busy;
  say(".fs-upload-label", label);
  root.querySelector("input").multiple = several;
  root.querySelector("input").setAttribute("aria-label", `${label}: choose ${several ? "files" : "a file"}`);
  say(".fs-upload-drop b", done ? "Replace" : several ? "Choose files" : "Choose a file");
  say(".fs-upload-drop i", several ? "them, or a folder," : done ? "another" : "it");
  say(".fs-upload-drop small", `${hint}; up to ${size(most)} a file`);
  root.querySelector(".fs-upload-drop").hidden = busy;
  root.querySelector(".fs-upload-drop").classList.toggle("fs-small-drop", done);
  root.querySelector(".fs-upload-busy").hidden = !busy;
  root.querySelector(".fs-upload-done").hidden = !done;
  if (done) {
    say(".fs-upload-done .fs-upload-name", uploaded.name);
    say(".fs-upload-done small", size(uploaded.bytes) + (root.left ? ` · left out: ${root.left}` : ""));
    root.querySelector(".fs-upload-done button").setAttribute("aria-label", `Remove ${uploaded.name}`);
  }
  root.querySelector(".fs-upload-error").hidden = !root.error;
  say(".fs-upload-error", root.error ?? "");
}

function cancel(root) {
  root.cancelled = true;
  root.request?.abort();
}

// What had the focus may be hidden now; the keyboard goes on from here.
function redraw(root, next) {
  const focused = root.contains(document.activeElement);
  draw(root);
  if (focused) root.querySelector(next).focus();
}

async function start(root, list, folder) {
  if (root.sending || root.waiting || !(list.length || folder)) return;
  root.error = unfit(root.data, list);
  const fitting = list.filter((file) => fits(root.data, file));
  root.left = list.filter((file) => !fitting.includes(file)).map((file) => file.name).join(", ");
  if (root.error) return draw(root);
  if (root.data.ticket === root.spent) {
    root.waiting = { list, folder }; // the ticket for these is on its way
    return;
  }
  await send(root, fitting, folder);
}

async function send(root, files, folder) {
  const { batch } = root.data;
  let ticket = (root.spent = root.data.ticket);
  const whole = files.reduce((sum, file) => sum + file.size, 0);
  let before = 0;
  root.cancelled = false;
  root.sending = true;
  redraw(root, ".fs-upload-busy button");
  try {
    for (const [i, file] of files.entries()) {
      const name = files.length > 1 ? `${file.name} (${i + 1} of ${files.length})` : file.name;
      root.querySelector(".fs-upload-busy .fs-upload-name").textContent = name;
      root.querySelector("progress").setAttribute("aria-label", `Uploading ${name}`);
      const told = (loaded) => progress(root, before + loaded, whole);
      ({ ticket } = await put(root, ticket, file, folder, told));
      if (root.cancelled) throw null;
      before += file.size;
    }
    finish(root, "done", batch, null, `Uploaded ${files.length > 1 ? `${files.length} files` : files[0].name}`);
  } catch (error) {
    const why = root.cancelled ? null : error?.message ?? String(error);
    finish(root, "ended", batch, why, root.cancelled ? "Upload cancelled" : "");
  }
}

function finish(root, event, batch, error, said) {
  root.sending = false;
  root.request = null;
  root.error = error;
  root.querySelector(".fs-upload-said").textContent = said;
  redraw(root, "input");
  if (root.isConnected) root.trigger(event, batch);
}

function progress(root, loaded, whole) {
  const share = whole ? loaded / whole : 1;
  root.querySelector("progress").value = share;
  const percent = `${Math.floor(share * 100)} %`;
  root.querySelector(".fs-upload-busy small").textContent =
    share < 1 ? `${size(loaded)} of ${size(whole)} · ${percent}` : `${size(whole)} · ${percent} · checking …`;
}

function put(root, ticket, file, folder, told) {
  const query = new URLSearchParams({ name: file.name, folder });
  const request = (root.request = new XMLHttpRequest());
  return new Promise((resolve, reject) => {
    request.open("PUT", new URL(`api/upload/${ticket}?${query}`, document.baseURI));
    request.responseType = "json";
    request.upload.onprogress = (event) => told(event.loaded);
    request.onabort = () => reject(null);
    request.onerror = () => reject(Error("The upload broke off. Check the connection, or reload the page, and try again."));
    request.onload = () =>
      request.status === 200
        ? resolve(request.response)
        : reject(Error(request.response?.error ?? `The server refused the file (${request.status}).`));
    told(0);
    request.send(file);
  });
}

// What a drop brings: files, or the files directly in a folder, and what that is called.
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const folder = entries.length === 1 && entries[0].isDirectory ? entries[0] : null;
  if (!folder) return { list: [...transfer.files].filter((file, i) => !entries[i]?.isDirectory), folder: "" };
  const reader = folder.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)); // a hundred at a time
    if (!some.length) break;
    found.push(...some.filter((entry) => entry.isFile));
  }
  const list = await Promise.all(found.map((entry) => new Promise((resolve, reject) => entry.file(resolve, reject))));
  return { list, folder: folder.name };
}

const fits = ({ suffixes }, file) => suffixes.some((suffix) => file.name.toLowerCase().endsWith(suffix));

function unfit(data, list) {
  if (!data.several && list.length > 1) return "One file, please.";
  if (!list.length) return "There are no files directly in this folder.";
  const fitting = list.filter((file) => fits(data, file));
  if (!fitting.length) return `${list[0].name} can't be used here. Wanted: ${data.hint}.`;
  const large = fitting.find((file) => file.size > data.most);
  if (large) return `${large.name} is too large: ${size(large.size)}, and at most ${size(data.most)} are taken.`;
  const whole = fitting.reduce((sum, file) => sum + file.size, 0);
  return whole > data.free ? `The server's disk has no room for this: ${size(data.free)} are free.` : null;
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  const [unit, by] = bytes >= 1e9 ? ["GB", 1e9] : bytes >= 1e6 ? ["MB", 1e6] : ["kB", 1e3];
  const amount = bytes / by;
  return `${amount.toFixed(amount < 10 && amount % 1 ? 1 : 0)} ${unit}`;
}
