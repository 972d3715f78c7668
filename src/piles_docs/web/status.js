// Offers to filter the cases; without it the page says everything all the same.
"use strict";
(() => {
  const items = [...document.querySelectorAll("[data-case]")];
  const articles = items.filter((item) => item.tagName === "ARTICLE");
  if (articles.length < 2) return;
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const words = new Map(articles.map((item) => [item.dataset.case, plain(item.textContent)]));
  const missing = new Map(articles.map((item) => [item.dataset.case, item.dataset.missing !== "0"]));

  const form = document.createElement("form");
  form.className = "filter";
  form.setAttribute("role", "search");
  const label = document.createElement("label");
  const search = document.createElement("input");
  search.type = "search";
  label.append("Chercher un dossier, une personne, un document ", search);
  const only = document.createElement("input");
  only.type = "checkbox";
  const onlyLabel = document.createElement("label");
  onlyLabel.append(only, " seulement s’il manque une signature");
  const told = document.createElement("output");
  form.append(label, onlyLabel, told);

  const show = () => {
    const wanted = plain(search.value).split(/\s+/);
    const kept = new Set();
    for (const [name, text] of words) {
      if (wanted.every((word) => text.includes(word)) && (!only.checked || missing.get(name))) kept.add(name);
    }
    for (const item of items) item.hidden = !kept.has(item.dataset.case);
    told.textContent = kept.size === words.size ? "" : `${kept.size} sur ${words.size}`;
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.querySelector("main").prepend(form);
})();
