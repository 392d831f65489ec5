// ---- the problem viewer: its data are read when it comes near the window or is asked for
const PAGE = 20;
const form = document.getElementById("filters");
const list = document.getElementById("problem-list");
let viewer = null;
const state = { shown: PAGE, matching: [], open: null };
const percent = (share) => `${(100 * share).toFixed(0)} %`;
const address = (problem) => `problem-${encodeURIComponent(problem.id)}`;
const gain = (problem) => problem.rate.a - problem.rate.b;
const ORDERS = {
  change: (x, y) => Math.abs(gain(y)) - Math.abs(gain(x)),
  gained: (x, y) => gain(y) - gain(x),
  lost: (x, y) => gain(x) - gain(y),
  problem: () => 0, // the data are in the order of the problems
};

// ---- one problem: both sides, draw by draw
// The first pair of draws of which one is correct and the other is not, else of different text.
function differingPair({ draws: { a, b } }) {
  const pairs = a.slice(0, b.length).map((draw, k) => [draw, b[k]]);
  const correct = ([status]) => status === "correct";
  const place = pairs.findIndex(([x, y]) => correct(x) !== correct(y));
  return place >= 0 ? place : pairs.findIndex(([x, y]) => x[5] !== y[5]);
}

// A draw's text, with the words marked that the draw at the same place of the other side lacks.
function textOf(draw, partner, side) {
  const text = make("pre", { className: "text", dir: "ltr", tabIndex: 0 });
  if (!partner) text.append(draw[5]);
  else {
    const mark = side === "a" ? "ins" : "del";
    for (const [piece, common] of differences(draw[5], partner[5])[0]) {
      text.append(common ? piece : make(mark, { textContent: piece }));
    }
  }
  return text;
}

function drawOf(draw, partner, side, open) {
  const [status, answer, tokens, model, index] = draw;
  const title = make("summary", {}, make("span", { className: `badge ${status}`, textContent: status }),
    ` ${answer === null ? "no answer" : `answer ${answer}`} · ${tokens === null ? "" : `${tokens} tokens · `}`,
    make("bdi", { textContent: model }), ` #${index}`);
  const details = make("details", { className: "draw" }, title);
  details.addEventListener("toggle", () => {
    if (details.open && !details.querySelector("pre")) details.append(textOf(draw, partner, side));
  });
  details.open = open;
  return details;
}

function sideOf(problem, side) {
  const title = make("h4", {}, make("bdi", { textContent: viewer.sides[side] }),
    make("span", { className: "rates", textContent: ` · ${percent(problem.rate[side])} correct` }));
  const others = problem.draws[side === "a" ? "b" : "a"], pair = differingPair(problem);
  const draws = problem.draws[side].map((draw, k) => drawOf(draw, others[k], side, k === pair));
  return make("div", {}, title, ...draws);
}

function fill(details, problem) {
  if (details.dataset.filled) return;
  details.dataset.filled = "yes";
  const gold = make("p", { className: "answers" }, "gold ", make("code", { textContent: problem.gold }),
    ` · ${problem.source} · ${problem.stratum} · `,
    make("a", { href: `#${address(problem)}`, textContent: "link to this problem" }));
  details.append(
    make("p", { className: "statement", dir: "ltr", tabIndex: 0 }, ...problem.parts.map(nodeOf)), gold,
    make("div", { className: "sides" }, sideOf(problem, "b"), sideOf(problem, "a")));
}

function cardOf(problem) {
  const points = 100 * gain(problem);
  const sign = points > 0 ? "+" : points < 0 ? "−" : "±";
  const rates = `${percent(problem.rate.b)} → ${percent(problem.rate.a)} `;
  const change = make("span", {
    className: points > 0 ? "gained" : points < 0 ? "lost" : "",
    textContent: `(${sign}${Math.abs(points).toFixed(0)})`,
  });
  const short = problem.statement.length <= 160;
  const start = short ? problem.parts.map(nodeOf) : [`${problem.statement.slice(0, 120)} …`];
  const badge = make("span", { className: "badge", textContent: problem.change });
  if (["gained", "lost"].includes(problem.change)) badge.classList.add(problem.change);
  const title = make("summary", {}, badge, " ",
    make("span", { className: "rates" }, rates, change), " ", make("bdi", {}, ...start));
  const details = make("details", { id: address(problem), className: "problem" }, title);
  details.addEventListener("toggle", () => {
    if (details.open) { fill(details, problem); state.open = problem; }
    else if (state.open === problem) state.open = null;
    showPlace();
    writeAddress();
  });
  return details;
}

// ---- the list, in the order and with the filters of the form, which the address keeps
function render() {
  // Cards that stand there already stay as they are, open or not.
  list.append(...state.matching.slice(list.children.length, state.shown).map(cardOf));
  list.style.minHeight = "";
  document.getElementById("more").hidden = state.matching.length <= state.shown;
  document.getElementById("found").textContent =
    `${state.matching.length} problems match, ${list.children.length} shown.`;
  showPlace();
}

// Says where the open problem is among those that match.
function showPlace() {
  const at = state.matching.indexOf(state.open);
  const said = at < 0 ? `${state.matching.length} problems` : `${at + 1} of ${state.matching.length}`;
  document.getElementById("place").textContent = said;
  document.getElementById("previous").disabled = at <= 0;
  document.getElementById("next").disabled = at === state.matching.length - 1;
}

// Written once the reader pauses: browsers refuse pages that change their address too often.
let pause = 0;
function writeAddress() {
  clearTimeout(pause);
  pause = setTimeout(() => {
    const changed = [...new FormData(form)].filter(([name, value]) => value !== defaults[name]);
    const filters = new URLSearchParams(changed).toString();
    const id = state.open ? address(state.open) : "problems";
    history.replaceState(null, "", filters ? `#${id}?${filters}` : `#${id}`);
  }, 250);
}

function filter() {
  const wanted = Object.fromEntries(new FormData(form));
  viewer ??= parsed("viewer-data");
  const words = wanted.words.toLowerCase();
  state.matching = viewer.problems.filter((problem) =>
    (!wanted.change || problem.change === wanted.change) &&
    (!wanted.stratum || problem.stratum === wanted.stratum) &&
    (!wanted.source || problem.source === wanted.source) &&
    (!wanted.status || problem.status.includes(wanted.status)) &&
    (!words || problem.statement.toLowerCase().includes(words))).sort(ORDERS[wanted.order]);
  state.shown = PAGE;
  state.open = null;
  list.replaceChildren();
  render();
}

function show(at) {
  if (at >= state.shown) { state.shown = at + 1; render(); }
  const details = document.getElementById(address(state.matching[at]));
  form.closest("details.fold").open = true;
  details.open = true;
  fill(details, state.matching[at]);
  state.open = state.matching[at];
  showPlace();
  details.scrollIntoView();
  return details;
}

// Close the open problem and open the one `by` places further.
function step(by) {
  const at = state.matching.indexOf(state.open) + by;
  if (!(at in state.matching)) return;
  if (state.open) document.getElementById(address(state.open)).open = false;
  show(at).querySelector("summary").focus({ preventScroll: true });
}

// What an address says: filters first, then the problem. Values that no field offers are ignored.
function follow() {
  const { id, filters } = addressed();
  const wanted = id.startsWith("problem-");
  if (!wanted && !filters.size) return;
  for (const field of form.elements) {
    const value = filters.get(field.name) ?? defaults[field.name];
    if (!field.options || [...field.options].some((option) => option.value === value)) field.value = value;
  }
  filter();
  const at = state.matching.findIndex((problem) => address(problem) === id);
  if (at >= 0) show(at);
}

const KEYS = { j: 1, ArrowRight: 1, k: -1, ArrowLeft: -1 };
function onKey(event) {
  const typing = event.target.closest("input, select");
  if (typing || event.ctrlKey || event.altKey || event.metaKey || !(event.key in KEYS)) return;
  event.preventDefault();
  step(KEYS[event.key]);
}

const defaults = form && Object.fromEntries(new FormData(form));
if (form) {
  list.style.minHeight = `${3 * Math.min(PAGE, list.dataset.count)}rem`;
  form.addEventListener("input", () => { filter(); writeAddress(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("more").addEventListener("click", () => { state.shown += PAGE; render(); });
  document.getElementById("previous").addEventListener("click", () => step(-1));
  document.getElementById("next").addEventListener("click", () => step(1));
  document.getElementById("viewer").addEventListener("keydown", onKey);
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    if (!viewer) filter();
  }, { rootMargin: NEAR }).observe(form);
  follow();
  addEventListener("hashchange", follow);
}
