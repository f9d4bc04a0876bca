// Questions: asked without leaving the page, their answers shown while they are written.
(() => {
  "use strict";
  const form = document.querySelector("form.asking[data-stream]");
  if (!form || !window.fetch || !window.ReadableStream || !window.TextDecoder) return; // the form works as it is
  const main = form.closest("main");
  const talk = main.querySelector(".talk");
  const words = form.dataset;
  let under = null; // the way to stop what is under way

  const made = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

  // Server-sent events of a response, each as {name, data}.
  async function* events(response) {
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const lines = text.slice(0, end).split("\n");
        text = text.slice(end + 2);
        const name = lines.find((line) => line.startsWith("event: "));
        const data = lines.filter((line) => line.startsWith("data: ")).map((line) => line.slice(6));
        if (name) yield { name: name.slice(7), data: data.join("\n") };
      }
    }
  }

  // Resolves when the browser is online, at the latest after some seconds.
  const reachable = () =>
    new Promise((resolve) => {
      addEventListener("online", resolve, { once: true });
      setTimeout(resolve, navigator.onLine ? 800 : 8000);
    });

  const address = (line) => {
    const url = new URL(words.stream, location.href);
    url.searchParams.set("q", line);
    url.searchParams.set("talk", form.elements.talk.value);
    if (form.elements.lang) url.searchParams.set("lang", form.elements.lang.value);
    try {
      url.searchParams.set("tz", Intl.DateTimeFormat().resolvedOptions().timeZone || "");
    } catch {
      // the archive's zone, then
    }
    return url;
  };

  // Shows the answer as it comes; returns "" once it is whole, else why it is not.
  async function shown(line, turn, signal) {
    const answer = turn.querySelector(".answer");
    const progress = turn.querySelector(".progress");
    const response = await fetch(address(line), { signal, cache: "no-store", headers: { Accept: "text/event-stream" } });
    if (!response.ok) return words.failed;
    for await (const { name, data } of events(response)) {
      if (name === "progress") {
        progress.innerHTML = data;
        continue;
      }
      answer.innerHTML = data; // made by this site, of a few elements
      if (name === "answer") return "";
    }
    return words.lost;
  }

  async function ask(line, told = line) {
    if (under) under.abort();
    const stop = new AbortController();
    under = stop;
    const turn = made("turn");
    const answer = turn.querySelector(".answer");
    const state = turn.querySelector(".state");
    turn.querySelector(".question bdi").textContent = told;
    turn.querySelector(".progress").textContent = words.waiting;
    turn.querySelector(".stop").addEventListener("click", () => stop.abort());
    answer.setAttribute("aria-busy", "true");
    talk.append(turn);
    main.classList.add("answered");
    turn.scrollIntoView({ block: "start" });
    if (document.activeElement === document.body) {
      turn.tabIndex = -1; // the button that was pressed is gone, and whoever reads by ear goes on here
      turn.focus({ preventScroll: true });
    }

    let problem = words.lost;
    for (let tries = 0; problem && tries < 2 && !stop.signal.aborted; tries += 1) {
      if (tries) await reachable();
      try {
        problem = await shown(line, turn, stop.signal);
        if (problem === words.failed) break;
      } catch {
        problem = navigator.onLine ? words.lost : words.unreachable;
      }
    }
    if (under === stop) under = null;
    answer.removeAttribute("aria-busy");
    state.remove();
    if (stop.signal.aborted) {
      const said = document.createElement("p");
      said.className = "muted";
      said.textContent = words.stopped;
      answer.append(said);
    } else if (problem) {
      const lost = made("lost");
      lost.querySelector(".problem").textContent = problem;
      const again = lost.querySelector("button");
      again.value = line;
      again.dataset.told = told;
      answer.append(lost);
    }
  }

  document.addEventListener("submit", (event) => {
    if (event.target !== form && !event.target.matches("form.next")) return;
    event.preventDefault();
    const pressed = event.submitter && event.submitter.name === "q" ? event.submitter : null;
    const line = (pressed ? pressed.value : form.elements.q.value).trim();
    if (!line) return;
    if (pressed) pressed.closest("form").remove();
    else form.elements.q.value = "";
    ask(line, pressed ? pressed.dataset.told || pressed.textContent : line);
  });

  main.addEventListener("click", (event) => {
    const example = event.target.closest("a[data-line]");
    if (!example || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    ask(example.dataset.line);
  });
})();
