// Reads a pairing link's fragment where the browser keeps it. Nothing of it is
// sent or stored. The page works without this.
"use strict";

const page = document.querySelector("[data-pair]");
const box = page.querySelector(".symbols");
const copy = box.querySelector("button");
const label = copy.textContent;

const cut = page.querySelector("[data-cut]");
cut.querySelector("span").textContent = cut.dataset.cut;

const show = () => {
  const offer = /^#1\.([0-9A-HJKMNP-TV-Z]{4})([0-9A-HJKMNP-TV-Z]{4})\.[0-9A-HJKMNP-TV-Z]{26}$/i.exec(location.hash);
  cut.hidden = Boolean(offer);
  page.querySelector("[data-whole]").hidden = !offer;
  box.hidden = !offer;
  box.querySelector("b").textContent = offer ? (offer[1] + " " + offer[2]).toUpperCase() : "";
  copy.hidden = !navigator.clipboard;
  copy.textContent = label;
};

copy.addEventListener("click", () => navigator.clipboard.writeText(location.href).then(() => { copy.textContent = copy.dataset.copied; }, () => { copy.hidden = true; }));
addEventListener("hashchange", show);
show();
