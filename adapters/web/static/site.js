// The theme: the system's until the visitor chooses one. Loaded in the head, so that no page flashes in another.
// And what an address points to, out of the fold; not every browser does that itself.
(() => {
  "use strict";
  const themes = ["system", "light", "dark"];
  const root = document.documentElement;

  const kept = () => {
    try {
      const theme = localStorage.getItem("theme");
      return themes.includes(theme) ? theme : "system";
    } catch {
      return "system"; // a browser may keep nothing
    }
  };

  const show = (theme) => {
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    for (const button of document.querySelectorAll(".theme button")) {
      const words = button.parentElement.dataset[theme];
      button.dataset.shows = theme;
      button.title = words;
      button.setAttribute("aria-label", words);
    }
  };

  const unfold = () => {
    const target = document.getElementById(location.hash.slice(1));
    const folds = [];
    for (let at = target?.closest("details:not([open])"); at; at = at.parentElement.closest("details:not([open])")) {
      folds.push(at);
    }
    for (const fold of folds) fold.open = true;
    if (folds.length) target.scrollIntoView();
  };

  let theme = kept();
  show(theme);

  addEventListener("hashchange", unfold);
  document.addEventListener("DOMContentLoaded", () => {
    unfold();
    for (const place of document.querySelectorAll(".theme")) {
      const button = document.createElement("button");
      button.type = "button";
      button.addEventListener("click", () => {
        theme = themes[(themes.indexOf(theme) + 1) % themes.length];
        try {
          localStorage.setItem("theme", theme);
        } catch {
          // it lasts as long as this page, then
        }
        show(theme);
      });
      place.append(button);
    }
    show(theme);
  });

  // of another window of this browser
  addEventListener("storage", () => show((theme = kept())));
})();
