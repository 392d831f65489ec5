// ---- charts on a phone: labels and titles in lines, so that none is cut off and none overlaps

const LINE = { x: 12, y: 24, title: 36 }; // letters of a line
const STEP = 30; // pixels of a row whose label has two lines

// A Vega expression: the label in lines of at most `limit` letters where spaces allow.
const inLines = (limit) =>
  `split(trim(replace(datum.label, regexp('(.{1,${limit}})( |$)', 'g'), '$1\\n')), '\\n')`;

function titleInLines(title) {
  if (typeof title !== "string") return title;
  const lines = new RegExp(`.{1,${LINE.title}}(?: |$)`, "g");
  return title.split(/ (?=\()/).flatMap((part) => part.match(lines) ?? [part]);
}

function narrowAxis(channel, axis) {
  const named = axis.type === "nominal" && axis.axis !== null;
  if (named) axis.axis = { ...axis.axis, labelExpr: inLines(LINE[channel]) };
  if (channel === "x" && axis.title) axis.title = titleInLines(axis.title);
  return named;
}

// A chart's specification for a narrow holder; changes the one that is given.
function narrowed(spec) {
  let tallest = 0;
  for (const { encoding = {}, data } of [spec, ...(spec.layer ?? [])]) {
    if (encoding.x) narrowAxis("x", encoding.x);
    if (encoding.y && narrowAxis("y", encoding.y)) {
      const rows = spec.datasets[(data ?? spec.data).name];
      const labels = new Set(rows.map((row) => row[encoding.y.field]));
      const long = [...labels].some((label) => label.length > LINE.y);
      if (long) tallest = Math.max(tallest, STEP * labels.size);
    }
  }
  spec.height = Math.max(spec.height, tallest);
  return spec;
}
