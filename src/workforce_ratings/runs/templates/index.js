(() => {
  "use strict";
  const table = document.querySelector("table.councils");
  if (!table) return;
  const [search, region, judgement] = ["q", "region", "judgement"].map((name) => document.getElementById(`find-${name}`));
  const headers = [...table.tHead.rows[0].cells].filter((header) => header.dataset.column);
  const rows = [...table.tBodies[0].rows];
  const inOrderOfName = new Map(rows.map((row, place) => [row, place]));
  let sorted = {};

  // Words without case, accents and punctuation, so that "st helens" finds St. Helens and "stoke-on" Stoke on Trent.
  const words = (text) =>
    text.normalize("NFD").toLowerCase().replace(/&/g, " and ").replace(/[^a-z0-9\s]/g, "").split(/\s+/).filter(Boolean);
  const searched = new Map(rows.map((row) => [row, `${words(row.dataset.name).join("")} ${words(row.dataset.region).join("")}`]));

  const isWanted = (row) =>
    words(search.value).every((word) => searched.get(row).includes(word)) &&
    (!region.value || row.dataset.region === region.value) &&
    (!judgement.value || (row.dataset.judgement || "none") === judgement.value);

  // What has nothing to sort by comes last, whichever the order.
  const compare = (header, descending) => (one, other) => {
    const [a, b] = [one, other].map((row) => row.cells[header.cellIndex].dataset.sort);
    const blanks = Number(a === "") - Number(b === "");
    const order = header.dataset.kind === "number" ? Number(a) - Number(b) : a.localeCompare(b, "en");
    return blanks || (descending ? -order : order) || inOrderOfName.get(one) - inOrderOfName.get(other);
  };

  const show = () => {
    for (const row of rows) row.hidden = !isWanted(row);
    const header = headers.find((candidate) => candidate.dataset.column === sorted.by) || headers[0];
    for (const other of headers) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", sorted.descending ? "descending" : "ascending");
    table.tBodies[0].append(...[...rows].sort(compare(header, sorted.descending)));
    const found = rows.filter((row) => !row.hidden).length;
    document.getElementById("found").textContent = `${found} of ${rows.length} councils`;
  };

  const address = () => {
    const state = new URLSearchParams();
    for (const [name, field] of [["q", search], ["region", region], ["judgement", judgement]]) {
      if (field.value.trim()) state.set(name, field.value.trim());
    }
    if (sorted.by) {
      state.set("sort", sorted.by);
      state.set("order", sorted.descending ? "descending" : "ascending");
    }
    return String(state);
  };

  const showAndKeep = () => {
    show();
    const page = location.href.split("#")[0];
    history.replaceState(null, "", address() ? `${page}#${address()}` : page);
  };

  const take = (state) => {
    search.value = state.get("q") || "";
    for (const [name, field] of [["region", region], ["judgement", judgement]]) {
      const known = [...field.options].some((option) => option.value === state.get(name));
      field.value = known ? state.get(name) : "";
    }
    const by = headers.some((header) => header.dataset.column === state.get("sort")) ? state.get("sort") : "";
    sorted = by ? { by, descending: state.get("order") === "descending" } : {};
    show();
  };

  // An address holds a list (#region=London&sort=caseload), a council (#wakefield) or a heading, which changes nothing.
  const follow = () => {
    const hash = location.hash.slice(1);
    const row = rows.find((candidate) => candidate.id === hash);
    if (hash.includes("=")) {
      take(new URLSearchParams(hash));
      document.getElementById("councils").scrollIntoView();
    } else if (!hash || (row && row.hidden)) {
      take(new URLSearchParams());
      if (row) row.scrollIntoView();
    }
  };

  for (const header of headers) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => {
      const again = header.getAttribute("aria-sort") === "ascending";
      sorted = { by: header.dataset.column, descending: again };
      showAndKeep();
    });
    header.append(button);
  }
  search.addEventListener("input", showAndKeep);
  region.addEventListener("change", showAndKeep);
  judgement.addEventListener("change", showAndKeep);
  document.getElementById("find-reset").addEventListener("click", () => {
    take(new URLSearchParams());
    showAndKeep();
  });
  window.addEventListener("hashchange", follow);
  document.getElementById("find").hidden = false;
  show();
  follow();
})();
