// Starts the terminal of textual-serve. Its script shows the state as a class of <body>: -first-byte or -closed.
"use strict";

const terminal = document.getElementById("terminal");
const notice = document.getElementById("notice");
const openTab = window.open.bind(window);

terminal.dataset.sessionWebsocketUrl = new URL("ws", location.href.replace(/^http/, "ws")).href;

function showNotice(text, ...elements) {
  notice.replaceChildren(text, ...elements);
  notice.hidden = false;
}

function makeButton(text, onClick) {
  const button = document.createElement("button");
  button.textContent = text;
  button.addEventListener("click", onClick);
  return button;
}

function makeLink(url) {
  const link = document.createElement("a");
  link.textContent = link.href = url;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  return link;
}

function focusTerminal() {
  terminal.querySelector("textarea")?.focus();
}

function hideNotice() {
  notice.hidden = true;
  blocked.clear();
  focusTerminal();
}

const blocked = new Set();

// Called for each link that the reader opens. The new tab gets no access to this page.
window.open = (url) => {
  if (!/^https?:\/\//.test(url ?? "")) {
    return null;
  }
  const tab = openTab("about:blank", "_blank");
  if (tab) {
    tab.opener = null;
    tab.location.replace(url);
  } else {
    blocked.add(url);
    showNotice(
      "Your browser blocked a new tab. Allow pop-ups for this page, or click:",
      ...Array.from(blocked, makeLink),
      makeButton("Close", hideNotice),
    );
  }
  return null;
};

new MutationObserver(() => {
  if (document.body.classList.contains("-closed")) {
    const text = document.body.classList.contains("-first-byte")
      ? "The reader is closed."
      : "The reader didn't start. See the terminal where importai-tui serve runs.";
    showNotice(text, makeButton("Open it again", () => location.reload()));
    notice.querySelector("button").focus();
  } else if (document.body.classList.contains("-first-byte") && !blocked.size) {
    hideNotice();
  }
}).observe(document.body, { attributeFilter: ["class"] });

// The terminal measures its letters only once, so the fonts must be loaded before.
Promise.allSettled(["16px", "italic 16px"].map((style) => document.fonts.load(`${style} "Roboto Mono"`))).then(() => {
  const script = document.createElement("script");
  script.src = "static/js/textual.js";
  script.addEventListener("load", () => {
    if (document.readyState === "complete") {
      window.onload(); // the event has fired already
    }
  });
  document.body.append(script);
});
