// Draws every chart of the page with plotly, which the page carries packed. Where that can't be, the drawings stay.
"use strict";

const ROW = 27, TALL_ROW = 37, ABOVE = 58, BELOW = 30, NAMES = 210, BESIDE = 12, GAP = 30; // pixels
const SYMBOLS = { negative: "triangle-down", positive: "triangle-up" };

/** Keep plotly from reading data as its own HTML, and data from reversing the words beside it. */
function plain(text) {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `\u2068${escaped.replace(/\s+/g, " ")}\u2069`;
}

/** Get what measures texts of a size. */
function penOf(size) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  return pen;
}

/** How far the right end of every column of counts is from the drawing: columns are as wide as their widest text. */
function endsOf(rows) {
  const pen = penOf(12);
  let end = 0;
  return (rows[0]?.counts ?? []).map((_, at) => {
    end += BESIDE + Math.max(...rows.map(({ counts }) => pen.measureText(counts[at][0]).width));
    return end;
  });
}

/** Cut a text to the width of the names. */
function fitted(text, size) {
  const pen = penOf(size);
  const fits = (shown) => pen.measureText(shown).width <= NAMES - 16;
  if (fits(text)) return text;
  const kept = [...text];
  while (kept.length && !fits(`${kept.join("")}…`)) kept.pop();
  return `${kept.join("").trimEnd()}…`;
}

/** What roles look like, in the colours that the page has now. */
function inks() {
  const style = getComputedStyle(document.documentElement);
  const [text, page, red, blue, muted, line] = ["text", "page", "red", "blue", "muted", "line"].map((name) =>
    style.getPropertyValue(`--${name}`).trim());
  return { "": text, page, negative: red, positive: blue, old: muted, muted, line };
}

/** The marks of one series with their intervals. */
function marksOf(chart, panel, series, xaxis, ink) {
  const several = panel.series.length > 1;
  const shown = chart.rows.map((row, at) => ({ row, at, ...series.marks[at] })).filter(({ told }) => told);
  const reach = (limit) => shown.map((mark) => 100 * Math.abs((mark[limit] ?? mark.value) - mark.value));
  const colour = ink[series.role];
  return {
    type: "scatter", mode: "markers", name: series.name, showlegend: several, cliponaxis: false, xaxis,
    x: shown.map(({ value }) => 100 * value),
    y: shown.map(({ at }) => at + series.shift),
    customdata: shown.map(({ row, told }) => [plain(row.label), row.below && `<br>${plain(row.below)}`, told]),
    hovertemplate: "<b>%{customdata[0]}</b>%{customdata[1]}<br>"
      + `${several ? series.name : panel.title}: %{customdata[2]}<extra></extra>`,
    marker: {
      size: 10, symbol: SYMBOLS[series.role] ?? "circle", color: series.role === "old" ? ink.page : colour,
      line: { width: 1.6, color: colour },
    },
    error_x: {
      type: "data", array: reach("high"), arrayminus: reach("low"), thickness: 1.6, width: 0,
      color: series.role ? colour : ink.muted,
    },
  };
}

/** The lines that join the two marks of a row: red where the second is larger, blue where it is smaller. */
function joinsOf(panel, xaxis, ink) {
  const [from, to] = panel.series.map(({ marks }) => marks);
  const both = from.map((mark, at) => ({ at, from: mark?.value, to: to[at]?.value }));
  return [["negative", (each) => each.to > each.from], ["positive", (each) => each.to < each.from]].map(
    ([role, holds]) => ({
      type: "scatter", mode: "lines", hoverinfo: "skip", showlegend: false, xaxis, line: { width: 2, color: ink[role] },
      x: both.filter(holds).flatMap((each) => [100 * each.from, 100 * each.to, null]),
      y: both.filter(holds).flatMap(({ at }) => [at, at, null]),
    }));
}

function layoutOf(chart, width, ink) {
  const note = (more) => (
    { showarrow: false, xref: "paper", yref: "paper", font: { size: 12, color: ink.muted }, ...more });
  const ends = endsOf(chart.rows);
  const right = Math.max(0, ...ends);
  const counts = chart.rows.flatMap((row, y) => row.counts.map(([text, role], at) => note({
    text, x: 1, y, yref: "y", xanchor: "right", xshift: ends[at],
    font: { size: 12, color: ink[role] },
  })));
  const names = chart.rows.map(({ label, below }) => plain(fitted(label, 12))
    + (below && `<br><span style="font-size:11px;color:${ink.muted}">${plain(fitted(below, 11))}</span>`));
  const family = getComputedStyle(document.body).fontFamily;
  const layout = {
    height: (chart.tall ? TALL_ROW : ROW) * chart.rows.length + ABOVE + BELOW,
    margin: { l: NAMES, r: right, t: ABOVE, b: BELOW },
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family, size: 12, color: ink[""] },
    hoverlabel: { align: "left", bgcolor: ink.page, bordercolor: ink.line, font: { family, color: ink[""] } },
    legend: { orientation: "h", x: 0, xref: "container", y: 1, yref: "container", yanchor: "top" },
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom", // a finger scrolls the page
    yaxis: {
      tickvals: chart.rows.map((_, at) => at), ticktext: names, ticklabelstandoff: 8,
      range: [chart.rows.length - 0.5, -0.5], fixedrange: true, gridcolor: ink.line, zeroline: false,
    },
    annotations: counts, shapes: [],
  };
  const gap = GAP / Math.max(width - NAMES - right, 4 * GAP);
  const share = (1 + gap) / chart.panels.length;
  chart.panels.forEach((panel, i) => {
    const axis = i ? `x${i + 1}` : "x";
    layout[axis.replace("x", "xaxis")] = {
      domain: [i * share, (i + 1) * share - gap], range: panel.range.map((value) => 100 * value),
      nticks: 12 / chart.panels.length, tickangle: 0, tickformat: "~g", ticksuffix: panel.change ? "" : "%",
      tickfont: { color: ink.muted }, gridcolor: ink.line, zerolinecolor: ink.muted,
    };
    layout.annotations.push(note({ text: panel.heading, x: i * share, xanchor: "left", y: 1, yanchor: "bottom" }));
    if (panel.budget === null) return;
    const place = { xref: axis, yref: "paper", x0: 100 * panel.budget, x1: 100 * panel.budget, y0: 0, y1: 1 };
    layout.shapes.push({ type: "line", ...place, line: { color: ink[""], dash: "dash", width: 1 } });
  });
  return layout;
}

async function draw(figure) {
  const chart = JSON.parse(figure.querySelector("script").textContent);
  const place = figure.querySelector(".live");
  const ink = inks();
  const traces = chart.panels.flatMap((panel, i) => {
    const xaxis = i ? `x${i + 1}` : "x";
    const marks = panel.series.map((series) => marksOf(chart, panel, series, xaxis, ink));
    return panel.joined ? [...joinsOf(panel, xaxis, ink), ...marks] : marks;
  });
  place.hidden = false;
  const config = { displayModeBar: false, responsive: true, doubleClick: "reset" };
  await Plotly.react(place, traces, layoutOf(chart, figure.clientWidth, ink), config);
  figure.classList.add("drawn");
}

async function start() {
  const figures = [...document.querySelectorAll("figure.chart")];
  try {
    const packed = Uint8Array.from(atob(document.querySelector("script.plotly").textContent), (c) => c.charCodeAt(0));
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
