// Shows markup, and tells Python about plain clicks on its links, so that they open without loading the page anew.
// With Ctrl, Shift or the middle button a link stays a link: it opens in a new tab.

export default function ({ data, parentElement, setTriggerValue }) {
  let root = parentElement.querySelector(".fs-root");
  if (!root) {
    root = document.createElement("div");
    root.className = "fs-root";
    parentElement.appendChild(root);
  }
  if (root.markup !== data) replace(root, data);
  root.onclick = (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    setTriggerValue("opened", link.getAttribute("href"));
  };
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
