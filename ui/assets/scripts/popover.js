// A menu that opens below a button: fetched when it is opened, closed by Esc or a click elsewhere.

import { load } from "./fragment.js";

const EDGE = 8; // pixels between the menu and the edge of the window

// Open a menu below a button, filled from an address. Return its element once it is filled, or undefined if it closed.
export async function openMenu(button, address, { label }) {
  const menu = element(label);
  // a dialog makes inert whatever is not in it
  const host = button.closest("dialog") ?? document.body;
  if (menu.parentElement !== host) host.append(menu);
  if (menu.fsOpener === button && menu.matches(":popover-open")) {
    menu.hidePopover();
    return undefined;
  }
  menu.fsOpener?.setAttribute("aria-expanded", "false");
  menu.fsOpener = button;
  menu.replaceChildren();
  menu.showPopover();
  button.setAttribute("aria-expanded", "true");
  place(menu, button);
  await load(menu, address);
  if (menu.fsOpener !== button || !menu.matches(":popover-open")) return undefined;
  place(menu, button);
  menu.querySelector("input:checked, button, input")?.focus({ preventScroll: true });
  return menu;
}

export function closeMenu() {
  document.querySelector("#fs-menu")?.hidePopover();
}

// The button that opened the menu.
export function opener() {
  return document.querySelector("#fs-menu")?.fsOpener;
}

function element(label) {
  let menu = document.querySelector("#fs-menu");
  if (!menu) {
    menu = document.createElement("div");
    menu.id = "fs-menu";
    menu.popover = "auto";
    menu.setAttribute("role", "dialog");
    menu.addEventListener("toggle", (event) => {
      if (event.newState !== "closed" || !menu.fsOpener) return;
      menu.fsOpener.setAttribute("aria-expanded", "false");
      const isInside = menu.contains(document.activeElement) || document.activeElement === document.body;
      if (isInside) menu.fsOpener.focus({ preventScroll: true });
      menu.fsOpener = undefined;
    });
    addEventListener("scroll", () => menu.matches(":popover-open") && menu.fsOpener && place(menu, menu.fsOpener), {
      passive: true,
    });
  }
  menu.setAttribute("aria-label", label);
  return menu;
}

function place(menu, button) {
  const { left, top, bottom } = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = bottom + EDGE / 2;
  const isAbove = below + height > innerHeight - EDGE && top - height - EDGE / 2 > EDGE;
  menu.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
  menu.style.top = `${isAbove ? top - height - EDGE / 2 : Math.min(below, Math.max(EDGE, innerHeight - height - EDGE))}px`;
}
