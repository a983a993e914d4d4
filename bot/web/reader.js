(() => {
  "use strict";
  const marks = [...document.querySelectorAll("mark[id]")];
  const tools = document.querySelector(".tools");
  const count = document.querySelector(".count");
  const copy = document.querySelector("[data-copy]");
  const asks = copy.textContent;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let at = Math.max(0, marks.findIndex((mark) => `#${mark.id}` === location.hash));

  function show() {
    if (count) count.textContent = count.dataset.said.replace("{at}", at + 1).replace("{all}", marks.length);
    marks.forEach((mark, number) => mark.classList.toggle("here", marks.length > 1 && number === at));
  }

  function go(step) {
    at = (at + step + marks.length) % marks.length;
    show();
    history.replaceState(null, "", `#${marks[at].id}`);
    marks[at].focus({ preventScroll: true });
    marks[at].scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  }

  // A page without HTTPS has no clipboard of its own.
  function copied(text) {
    if (navigator.clipboard && isSecureContext) return navigator.clipboard.writeText(text).then(() => true);
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return Promise.resolve(done);
  }

  function take() {
    copied(marks[at].dataset.quote)
      .catch(() => false)
      .then((done) => {
        copy.textContent = done ? copy.dataset.done : copy.dataset.failed;
        setTimeout(() => (copy.textContent = asks), 2000);
      });
  }

  const keys = { n: 1, j: 1, p: -1, k: -1 };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in keys && marks.length > 1) go(keys[event.key]);
    else if (event.key === "c" && getSelection().isCollapsed) take();
  });
  for (const button of document.querySelectorAll("[data-step]"))
    button.addEventListener("click", () => go(Number(button.dataset.step)));
  copy.addEventListener("click", take);
  tools.hidden = false;
  show();
})();
