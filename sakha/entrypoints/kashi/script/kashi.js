// Niceties only: every page works without this file.
const focusWhatMatters = (root) => {
  const target = root.querySelector("[data-focus]");
  if (target) {
    target.focus();
  }
};

document.addEventListener("DOMContentLoaded", () => focusWhatMatters(document));
document.addEventListener("htmx:afterSwap", (event) => focusWhatMatters(event.detail.target));

// The account menu closes as menus do.
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (menu !== except) {
      menu.open = false;
    }
  }
};
document.addEventListener("click", (event) => closeMenus(event.target.closest("details[data-menu]")));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const open = document.querySelector("details[data-menu][open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  }
});

// A second press sends nothing twice. The server would not count it twice either.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("hx-post")) {
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 4000);
});
