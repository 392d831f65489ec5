const $ = (selector, root = document) => [...root.querySelectorAll(selector)];
const parsed = (id) => JSON.parse(document.getElementById(id).textContent);
const theme = parsed("chart-config");
const NEAR = "700px 0px"; // how far outside the window charts are drawn and problems are read

// Model output is only ever put in as text: no string of the data becomes markup.
const make = (tag, props = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...children);
  return element;
};

const MATHML = "http://www.w3.org/1998/Math/MathML";
const nodeOf = (part) => {
  if (typeof part === "string") return document.createTextNode(part);
  const [tag, ...children] = part;
  const element = document.createElementNS(MATHML, tag);
  element.append(...children.map(nodeOf));
  return element;
};

// ---- charts: each is drawn once, when it comes near the window or is printed or saved
const views = new Map(); // chart -> promise of its view
const holders = $("[data-chart]");
const specOf = (chart) => parsed(`spec-${chart}`);

function draw(holder) {
  const chart = holder.dataset.chart;
  if (!views.has(chart)) views.set(chart, embed(holder, specOf(chart)));
  return views.get(chart);
}

async function embed(holder, spec) {
  const narrow = holder.clientWidth < 480;
  const config = structuredClone(theme);
  if (narrow) { config.axis.labelFontSize = 10; config.axisY.labelLimit = 165; }
  const options = {
    ast: true, actions: false, defaultStyle: false, renderer: "svg", config,
    tooltip: { disableDefaultStyle: true },
  };
  // The holder's label says what a reader who cannot see the chart needs; its marks are noise there.
  const canvas = make("div", { className: "canvas" });
  canvas.setAttribute("aria-hidden", "true");
  holder.replaceChildren(canvas);
  const result = await vegaEmbed(canvas, narrow ? narrowed(spec) : spec, options);
  holder.style.minHeight = "";
  return result.view;
}

const waiting = [];
async function drawWaiting() {
  while (waiting.length) {
    await draw(waiting[0]);
    waiting.shift();
    await new Promise((go) => setTimeout(go)); // let the reader scroll between two charts
  }
  performance.mark("charts drawn");
  document.documentElement.dataset.drawn = String(views.size);
}

const nearby = new IntersectionObserver((entries) => {
  const idle = !waiting.length;
  for (const entry of entries.filter((entry) => entry.isIntersecting)) {
    nearby.unobserve(entry.target);
    waiting.push(entry.target);
  }
  if (idle) drawWaiting();
}, { rootMargin: NEAR });
for (const holder of holders) {
  holder.style.minHeight = `${holder.dataset.height}px`; // so that nothing moves when it is drawn
  nearby.observe(holder);
}
if (!holders.length) drawWaiting();
addEventListener("beforeprint", () => { unfold(); holders.forEach(draw); });

const csvField = (value) => {
  const text = value === null || value === undefined ? "" : String(value);
  // A leading formula sign is defused, since spreadsheets would run it.
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
const csv = (rows) => rows.map((row) => row.map(csvField).join(",")).join("\n") + "\n";

function save(name, content, type) {
  const url = content.startsWith("data:") ? content : URL.createObjectURL(new Blob([content], { type }));
  make("a", { href: url, download: name }).click();
  if (url.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(url), 10_000);
  document.getElementById("status").textContent = `Saved ${name}`;
}

const tableRows = (id) =>
  $("tr", document.getElementById(id)).map((row) => [...row.cells].map((cell) => cell.textContent.trim()));

async function onSave(button) {
  const { save: kind, of, table } = button.dataset;
  if (table) return save(`${table}.csv`, csv(tableRows(table)), "text/csv");
  if (kind === "csv") {
    const rows = specOf(of).datasets.figure;
    const names = Object.keys(rows[0] ?? {});
    return save(`${of}.csv`, csv([names, ...rows.map((row) => names.map((name) => row[name]))]), "text/csv");
  }
  const view = await draw(document.querySelector(`[data-chart="${of}"]`));
  if (kind === "svg") return save(`${of}.svg`, await view.toSVG(), "image/svg+xml");
  return save(`${of}.png`, await view.toImageURL("png", 2), "image/png");
}

function sort(button) {
  const head = button.closest("th");
  const index = Number(button.dataset.sort);
  const body = head.closest("table").tBodies[0];
  const numeric = head.classList.contains("number");
  const first = numeric ? "descending" : "ascending";
  const other = numeric ? "ascending" : "descending";
  const direction = head.getAttribute("aria-sort") === first ? other : first;
  const key = (row) => row.cells[index].dataset.key;
  const sign = direction === "ascending" ? 1 : -1;
  const compare = (a, b) => {
    const [left, right] = [key(a), key(b)];
    if (left === "" || right === "") return (left === "") - (right === ""); // the empty ones last
    return sign * (numeric && !Number.isNaN(left - right) ? left - right : left.localeCompare(right));
  };
  body.append(...[...body.rows].sort(compare));
  for (const cell of head.parentElement.cells) cell.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", direction);
}

// ---- folded sections and the menu: a link opens what it leads to
function unfold() {
  for (const fold of $("details.fold")) fold.open = true;
}

// An address is `#place` or `#place?filters`.
function addressed() {
  const [id, filters = ""] = location.hash.slice(1).split("?");
  return { id, filters: new URLSearchParams(filters) };
}

function reveal() {
  const target = document.getElementById(addressed().id);
  if (!target) return;
  const inside = target.querySelector(":scope > details.fold");
  for (const fold of [inside, target.closest("details.fold")]) if (fold) fold.open = true;
  target.scrollIntoView();
}

const menu = document.getElementById("menu");
const beside = matchMedia("(min-width: 64rem)"); // the menu stands beside the text, always open
const setMenu = () => { menu.open = beside.matches; };
setMenu();
beside.addEventListener("change", setMenu);
menu.addEventListener("click", (event) => {
  if (event.target.closest("a") && !beside.matches) menu.open = false;
});
addEventListener("hashchange", reveal);
reveal();

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.save) onSave(button);
  else if (button?.dataset.sort) sort(button);
  else if (button?.id === "unfold") unfold();
});
// The tooltip of a chart also says which file its numbers come from, as the title of a table does.
addEventListener("mousemove", (event) => {
  const tip = document.getElementById("vg-tooltip-element");
  const source = event.target.closest?.("figure")?.dataset.source;
  if (tip && source) tip.dataset.source = source;
});
