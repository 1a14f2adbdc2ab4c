// Shows markup whose links open without loading the page anew. A link with data-ask is told to Python instead of followed;
// a button with data-copy copies the address in it, one with data-text that text. With {go: address} for markup it goes
// there at once.
// With Ctrl, Shift or the middle button a link stays a link: it opens in a new tab.

// What the pages about a comparison share in their addresses.
const SHARED = ["comparison", "candidate", "max_nfr_percent"];

export default function ({ data, parentElement, setTriggerValue }) {
  document.removeEventListener("click", document.fsMenu, true); // of another place with links
  document.addEventListener("click", (document.fsMenu = followMenu), true);
  let root = parentElement.querySelector(".fs-root");
  if (!root) {
    root = document.createElement("div");
    root.className = "fs-root";
    parentElement.appendChild(root);
  }
  if (data.go) {
    if (root.turn !== data.turn) goTo(new URL(data.go, window.location.href).href);
    root.turn = data.turn; // once, however often the page is drawn
    return;
  }
  if (root.markup !== data) replace(root, data);
  root.onclick = (event) => {
    const button = event.target.closest("button[data-copy], button[data-text]");
    if (button) copy(button);
    const link = event.target.closest("a[href]");
    if (!link || opensTab(event)) return;
    event.preventDefault();
    if (link.dataset.ask !== undefined) setTriggerValue("asked", link.getAttribute("href"));
    else goTo(link.href, link.dataset.top !== undefined);
  };
}

// Follows the menu from one page about a comparison to another as if its links were ours. Streamlit's own way takes two
// steps in the history, and loses what came with an address that was opened just before.
function followMenu(event) {
  const link = event.target.closest("[data-testid=stTopNavLink], [data-testid=stSidebarNavLink]");
  if (!link || opensTab(event)) return;
  const given = new URLSearchParams(window.location.search);
  const shared = new URLSearchParams([...given].filter(([name]) => SHARED.includes(name)));
  const page = new URL(link.href).pathname.split("/").pop();
  const isAboutComparison = page ? page !== "new" : !given.has("comparison"); // of a folder, the first page is the list
  if (!isAboutComparison || !shared.size) return;
  event.preventDefault();
  event.stopPropagation();
  goTo(`${link.href}?${shared}`);
}

function opensTab(event) {
  return event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0;
}

// Goes to an address of the dashboard the way Back does, which Streamlit follows: in one step, with just the filters that
// the address has. Python can only switch pages in two, each with a place of its own in the history. Another page starts
// at its top; the same one where it is, or at the top for a link with data-top.
function goTo(address, toTop = false) {
  const samePage = new URL(address).pathname === window.location.pathname;
  window.history.pushState({}, "", address);
  window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  if (!samePage || toTop) document.querySelector("[data-testid=stMain]")?.scrollTo(0, 0);
}

// Copies the text or the address that a button has, and says so on it for a moment.
async function copy(button) {
  const text = button.dataset.text ?? new URL(button.dataset.copy, window.location.href).href;
  const said = button.dataset.said ?? (button.dataset.said = button.textContent);
  button.setAttribute("aria-live", "polite");
  button.textContent = (await written(text)) ? "Copied" : "Could not copy";
  setTimeout(() => (button.textContent = said), 2000);
}

async function written(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedFromField(text); // no permission, or a page that is not served securely
  }
}

function copiedFromField(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  document.body.appendChild(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return done;
}

function replace(root, data) {
  const list = root.querySelector("[data-list]");
  const before = list && { name: list.dataset.list, top: list.scrollTop };
  const focused = root.contains(document.activeElement) && document.activeElement.getAttribute("href");
  root.innerHTML = data; // markup.py has escaped whatever is not markup
  root.markup = data;
  const after = root.querySelector("[data-list]");
  if (before && after && after.dataset.list === before.name) after.scrollTop = before.top;
  if (focused) {
    const again = [...root.querySelectorAll("a[href]")].find((link) => link.getAttribute("href") === focused);
    again?.focus({ preventScroll: true });
  }
  if (after) reveal(after, after.querySelector("[aria-current=true]"));
}

// Scrolls the list alone: scrollIntoView would move the page too.
function reveal(list, chosen) {
  if (!chosen) return;
  const top = chosen.offsetTop - list.offsetTop;
  if (top < list.scrollTop) list.scrollTop = top;
  const below = top + chosen.offsetHeight - list.clientHeight;
  if (below > list.scrollTop) list.scrollTop = below;
}
