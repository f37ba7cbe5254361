// On a telephone a table becomes cards (css/cards.css): each cell is told what its column is called, and each
// element keeps the role in the table that its new display would take from it.

for (const table of document.querySelectorAll("table.board, #result_list")) {
  const heads = [...(table.tHead?.rows[table.tHead.rows.length - 1]?.cells ?? [])];
  if (!heads.length || heads.some((head) => head.colSpan > 1)) continue;
  const titles = heads.map((head) => (head.querySelector(".text") ?? head).textContent.trim());
  table.classList.add("cards");
  table.setAttribute("role", "table");
  for (const group of [table.tHead, ...table.tBodies]) group.setAttribute("role", "rowgroup");
  for (const head of heads) head.setAttribute("role", "columnheader");
  for (const row of table.rows) {
    row.setAttribute("role", "row");
    if (row.parentElement === table.tHead) continue;
    let column = 0;
    for (const cell of row.cells) {
      cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
      if (cell.tagName === "TD" && cell.colSpan === 1 && titles[column]) cell.dataset.column = titles[column];
      column += cell.colSpan;
      const isBlank = !cell.textContent.trim() && !cell.querySelector("input, select, button, img, svg");
      cell.classList.toggle("cards__blank", isBlank);
    }
  }
}
