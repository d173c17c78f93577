// Moves a waiting page on, counts its time down, shows times in the reader's
// clock. Pages work without it.
"use strict";

const page = document.querySelector("main");

if (page && page.dataset.live) {
  let first = null;
  const source = new EventSource("/sign-in/live");
  source.onmessage = (event) => {
    if (first !== null && event.data !== first) {
      source.close();
      location.replace(location.pathname);
    }
    first = event.data;
  };
}

const clock = document.querySelector("[data-left]");
if (clock) {
  const end = Date.now() + Number(clock.dataset.left) * 1000;
  const show = () => {
    const s = Math.max(0, Math.round((end - Date.now()) / 1000));
    const key = s >= 120 ? "minutes" : s >= 60 ? "minute" : "seconds";
    clock.textContent = clock.dataset[key].replace("{m}", Math.floor(s / 60)).replace("{s}", s >= 60 ? s % 60 : s);
    if (s === 0) {
      clearInterval(timer);
    }
  };
  const timer = setInterval(show, 1000);
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
