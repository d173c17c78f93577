// Moves a waiting page on, counts its time down, shows times in the reader's
// clock. Pages work without it.
"use strict";

const page = document.querySelector("main");

if (page && page.dataset.live) {
  const source = new EventSource(page.dataset.liveAt || "/sign-in/live");
  source.onmessage = (event) => {
    if (event.data !== page.dataset.live) {
      source.close();
      location.replace(location.pathname);
    }
  };
  // The answer to a form must not be lost to a page that moves on meanwhile.
  addEventListener("submit", () => source.close());
}

const clock = document.querySelector("[data-left]");
if (clock) {
  const language = document.documentElement.lang;
  const end = Date.now() + Number(clock.dataset.left) * 1000;
  const count = (n, unit) => new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(n);
  const show = () => {
    const s = Math.max(0, Math.round((end - Date.now()) / 1000));
    const parts = [];
    if (s >= 60) {
      parts.push(count(Math.floor(s / 60), "minute"));
    }
    if (s % 60 > 0 || s === 0) {
      parts.push(count(s % 60, "second"));
    }
    clock.textContent = clock.dataset.text.replace("{time}", parts.join(" "));
    if (s === 0) {
      clearInterval(timer);
    }
  };
  const timer = setInterval(show, 1000);
}

const cells = document.querySelector(".cells");
if (cells) {
  const field = cells.querySelector("input");
  const boxes = cells.querySelectorAll("i");
  const mark = () => boxes.forEach((box, i) => box.classList.toggle("next", i === Math.min(field.selectionStart, boxes.length - 1)));
  cells.classList.add("live");
  document.addEventListener("selectionchange", mark);
  field.addEventListener("input", mark);
  mark();
}

// A code is pasted with whatever stood around it.
const code = document.getElementById("code");
if (code) {
  code.addEventListener("paste", (event) => {
    event.preventDefault();
    code.setRangeText(event.clipboardData.getData("text").replace(/\D/g, "").slice(0, code.maxLength), 0, code.value.length, "end");
    code.dispatchEvent(new Event("input"));
  });
}

const early = document.querySelector("details.early");
if (early) {
  early.addEventListener("toggle", () => early.open && early.querySelector("[required]").focus());
}

for (const time of document.querySelectorAll("time")) {
  const at = new Date(time.dateTime);
  time.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
}

const reveal = document.querySelector("[data-reveal]");
if (reveal) {
  const field = document.getElementById(reveal.dataset.reveal);
  reveal.hidden = false;
  reveal.addEventListener("click", () => {
    const hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    reveal.textContent = hidden ? reveal.dataset.hide : reveal.dataset.show;
    field.focus();
  });
}
