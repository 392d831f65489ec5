"""Boxes of text on an opened page: what is cut off, and what overlaps."""

from typing import Any

from playwright.sync_api import Page

# In a chart: text that was shortened, that leaves the chart, or that stands on other text.
_CHARTS = """() => {
  const found = [];
  for (const holder of document.querySelectorAll("[data-chart]")) {
    const frame = holder.getBoundingClientRect(), name = holder.dataset.chart;
    const boxes = [...holder.querySelectorAll("text")]
      .filter((text) => text.textContent.trim() && getComputedStyle(text).opacity !== "0")
      .map((text) => [text.textContent, text.getBoundingClientRect()]);
    boxes.forEach(([text, box], i) => {
      if (text.includes("…")) found.push([name, "shortened", text]);
      if (box.left < frame.left - 1 || box.right > frame.right + 1 ||
          box.top < frame.top - 1 || box.bottom > frame.bottom + 1) {
        found.push([name, "outside", text]);
      }
      for (const [other, beside] of boxes.slice(0, i)) {
        const width = Math.min(box.right, beside.right) - Math.max(box.left, beside.left);
        const height = Math.min(box.bottom, beside.bottom) - Math.max(box.top, beside.top);
        if (width > 1 && height > 2.5) found.push([name, "overlap", `${text} | ${other}`]);
      }
    });
  }
  return found;
}"""
# In the first two columns of a table: text wider than its cell, a cell outside of the table's
# window, two cells of a row on top of each other.
_TABLES = """() => {
  const found = [];
  for (const table of document.querySelectorAll(".table")) {
    const frame = table.querySelector(".scroll").getBoundingClientRect();
    for (const row of table.querySelectorAll("tr")) {
      const [first, second] = [...row.cells];
      const boxes = [first, second].filter(Boolean).map((cell) => cell.getBoundingClientRect());
      if (!boxes[0]?.width || row.closest("thead") && table.querySelector(".stacked")) continue;
      const said = `${first.textContent} | ${second?.textContent}`;
      for (const cell of [first, second].filter(Boolean)) {
        if (cell.scrollWidth > cell.clientWidth + 1) found.push([table.id, "clipped", said]);
      }
      if (boxes.some((box) => box.left < frame.left - 1 || box.right > frame.right + 1)) {
        found.push([table.id, "outside", said]);
      }
      if (boxes[1] && boxes[0].right > boxes[1].left + 1 && boxes[0].bottom > boxes[1].top + 1) {
        found.push([table.id, "overlap", said]);
      }
    }
  }
  return found;
}"""
# In a box of the first screen: text that leaves the box or the window.
_BOX = """(selector) => {
  const found = [], box = document.querySelector(selector), frame = box.getBoundingClientRect();
  const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim(), range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    const shown = texts.currentNode.parentElement.checkVisibility();
    for (const rect of text && shown ? range.getClientRects() : []) {
      if (rect.left < frame.left || rect.right > frame.right || rect.bottom > frame.bottom) {
        found.push(["outside its box", text]);
      }
      if (rect.bottom > innerHeight || rect.right > innerWidth) {
        found.push(["outside the window", text]);
      }
    }
  }
  return found;
}"""


def faults_of_charts(page: Page) -> Any:
    """Chart, fault and text, for every text of a drawn chart that cannot be read."""
    return page.evaluate(_CHARTS)


def faults_of_box(page: Page, selector: str) -> Any:
    """Fault and text, for every visible text of a box that leaves the box or the first screen."""
    return page.evaluate(_BOX, selector)


def faults_of_tables(page: Page) -> Any:
    """Table, fault and text, for every row whose first two columns cannot be read."""
    return page.evaluate(_TABLES)
