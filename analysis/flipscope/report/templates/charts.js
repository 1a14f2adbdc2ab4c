// Draws every chart of the page with plotly, which the page carries packed. Where that can't be, the drawings stay.
"use strict";

const ROW = 27, TALL_ROW = 37, ABOVE = 58, BELOW = 30, NAMES = 210, COUNTS = 104; // pixels
const SYMBOLS = { negative: "triangle-down", positive: "triangle-up" };

/** Keep plotly from reading data as its own HTML, and data from reversing the words beside it. */
const plain = (text) =>
  "\u2068" + text.replace(/\s+/g, " ").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;") + "\u2069";

/** Cut a text to a width. */
const fitted = (() => {
  const pen = document.createElement("canvas").getContext("2d");
  return (text, size) => {
    pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
    const fits = (shown) => pen.measureText(shown).width <= NAMES - 16;
    if (fits(text)) return text;
    const kept = [...text];
    while (kept.length && !fits(kept.join("") + "…")) kept.pop();
    return kept.join("").trimEnd() + "…";
  };
})();

const percent = (value) => (value === null ? null : 100 * value);

function colours() {
  const style = getComputedStyle(document.documentElement);
  const get = (name) => style.getPropertyValue(`--${name}`).trim();
  return { negative: get("red"), positive: get("blue"), old: get("muted"), "": get("text"), muted: get("muted"),
    line: get("line"), page: get("page") };
}

/** The marks of one series, with their intervals. */
function marksOf(chart, panel, axis, place, colour) {
  const series = panel.series[place];
  const many = panel.series.length > 1;
  const shown = chart.rows.map((row, at) => [row, at, series.marks[at]]).filter(([, , mark]) => mark);
  const reach = (limit) => shown.map(([, , mark]) => (mark[limit] === null ? 0 : Math.abs(percent(mark[limit] - mark.value))));
  return {
    type: "scatter", mode: "markers", name: series.name, showlegend: many, cliponaxis: false, xaxis: axis,
    x: shown.map(([, , mark]) => percent(mark.value)), y: shown.map(([, at]) => at + series.shift),
    customdata: shown.map(([row, , mark]) => [plain(row.label), row.below ? `<br>${plain(row.below)}` : "", mark.told]),
    hovertemplate: `<b>%{customdata[0]}</b>%{customdata[1]}<br>${many ? series.name : panel.title}: %{customdata[2]}<extra></extra>`,
    marker: { size: 10, symbol: SYMBOLS[series.role] ?? "circle", color: series.role === "old" ? colour.page : colour[series.role], line: { width: 1.6, color: colour[series.role] } },
    error_x: { type: "data", array: reach("high"), arrayminus: reach("low"), thickness: 1.6, width: 0, color: colour[series.role || "old"] },
  };
}

/** The lines that join the two marks of a row: what became worse in red, what became better in blue. */
function joinsOf(panel, axis, colour) {
  const [from, to] = panel.series.map((series) => series.marks);
  const both = from.map((mark, at) => [mark, to[at], at]).filter(([a, b]) => a && b && a.value !== b.value);
  return ["negative", "positive"].map((role) => {
    const joined = both.filter(([a, b]) => (b.value > a.value) === (role === "negative"));
    return {
      type: "scatter", mode: "lines", hoverinfo: "skip", showlegend: false, xaxis: axis, line: { width: 2, color: colour[role] },
      x: joined.flatMap(([a, b]) => [percent(a.value), percent(b.value), null]), y: joined.flatMap(([, , at]) => [at, at, null]),
    };
  });
}

function layoutOf(chart, colour) {
  const note = (more) => ({ showarrow: false, xref: "paper", yref: "paper", font: { size: 12, color: colour.muted }, ...more });
  const counts = chart.rows.flatMap((row, y) => row.counts.map(([text, role], at) => note({
    x: 1, xanchor: "right", xshift: COUNTS - (COUNTS / 2 - 4) * (row.counts.length - 1 - at), y, yref: "y", text,
    font: { size: 12, color: colour[role] },
  })));
  const names = chart.rows.map((row) => plain(fitted(row.label, 12))
    + (row.below ? `<br><span style="font-size:11px;color:${colour.muted}">${plain(fitted(row.below, 11))}</span>` : ""));
  const height = (chart.tall ? TALL_ROW : ROW) * chart.rows.length + ABOVE + BELOW;
  const layout = {
    height, margin: { l: NAMES, r: COUNTS, t: ABOVE, b: BELOW }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: colour[""] },
    hoverlabel: { align: "left", bgcolor: colour.page, bordercolor: colour.line, font: { color: colour[""] } },
    legend: { orientation: "h", x: 0, xref: "container", y: 1, yref: "container", yanchor: "top" },
    yaxis: { tickvals: chart.rows.map((_, at) => at), ticktext: names, range: [chart.rows.length - 0.5, -0.5],
      fixedrange: true, gridcolor: colour.line, zeroline: false, ticklabelstandoff: 8 },
    annotations: counts, shapes: [],
  };
  chart.panels.forEach((panel, i) => {
    const [axis, width] = [i ? `x${i + 1}` : "x", 1 / chart.panels.length];
    const domain = [i * width + (i ? 0.02 : 0), (i + 1) * width - (i + 1 < chart.panels.length ? 0.02 : 0)];
    layout[axis.replace("x", "xaxis")] = { domain, range: panel.range.map(percent), nticks: 12 / chart.panels.length, gridcolor: colour.line,
      zerolinecolor: colour.muted, ticksuffix: panel.change ? "" : "%", tickformat: "~g", tickfont: { color: colour.muted } };
    layout.annotations.push(note({ text: panel.title, x: domain[0], xanchor: "left", y: 1, yanchor: "bottom" }));
    if (panel.budget !== null) {
      const at = { x0: percent(panel.budget), x1: percent(panel.budget), y0: 0, y1: 1 };
      layout.shapes.push({ type: "line", xref: axis, yref: "paper", ...at, line: { color: colour[""], dash: "dash", width: 1 } });
      layout.annotations.push(note({ text: "budget", xref: axis, x: at.x0, y: 1, yanchor: "bottom" }));
    }
  });
  return layout;
}

async function draw(figure) {
  const chart = JSON.parse(figure.querySelector("script").textContent);
  const place = figure.querySelector(".live");
  const colour = colours();
  const traces = chart.panels.flatMap((panel, i) => {
    const axis = i ? `x${i + 1}` : "x";
    const marks = panel.series.map((_, at) => marksOf(chart, panel, axis, at, colour));
    return panel.joined ? [...joinsOf(panel, axis, colour), ...marks] : marks;
  });
  place.hidden = false;
  await Plotly.react(place, traces, layoutOf(chart, colour), { displayModeBar: false, responsive: true, doubleClick: "reset" });
  figure.classList.add("drawn");
}

async function start() {
  const figures = [...document.querySelectorAll("figure.chart")];
  try {
    const packed = Uint8Array.from(atob(document.querySelector("script.plotly").textContent), (char) => char.charCodeAt(0));
    const source = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const library = document.createElement("script");
    library.textContent = await new Response(source).text();
    document.head.append(library);
    for (const figure of figures) await draw(figure);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => figures.forEach(draw));
  } catch {
    for (const figure of figures) {
      figure.classList.remove("drawn");
      figure.querySelector(".live").hidden = true;
    }
  }
}

start();
