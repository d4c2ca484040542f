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

// Digits are shown in Persian while they are typed. The server reads any of the three sets.
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || field.inputMode !== "numeric") {
    return;
  }
  const shown = field.value.replace(/[0-9]/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[digit]);
  if (shown !== field.value) {
    const place = field.selectionStart;
    field.value = shown;
    field.setSelectionRange(place, place);
  }
});

// A chosen file says its name in our own words; without script the browser's own field stays.
for (const field of document.querySelectorAll(".drop input[type=file]")) {
  const drop = field.closest(".drop");
  drop.classList.add("is-ours");
  field.addEventListener("change", () => {
    drop.querySelector("output").textContent = field.files.length ? field.files[0].name : "";
  });
}
