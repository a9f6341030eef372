/** Boxes that open below a button: they close on Escape, and on a click elsewhere. */

export function closesItself(box: HTMLDetailsElement): HTMLDetailsElement {
  const away = (event: Event): void => {
    if (!box.contains(event.target as Node)) box.open = false;
  };
  box.addEventListener("toggle", () => {
    if (box.open) document.addEventListener("pointerdown", away, true);
    else document.removeEventListener("pointerdown", away, true);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.open) return;
    event.stopPropagation();
    box.open = false;
    box.querySelector("summary")?.focus();
  });
  return box;
}
