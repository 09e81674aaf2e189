// The rule index can be filtered by words, severity, fix and family. Without this script it is a plain table.
function addFilter() {
  const box = document.querySelector(".rules");
  const table = box?.querySelector("table");
  if (!table || box.querySelector(".rules-filter")) return;
  const rows = [...table.tBodies[0].rows];
  const text = (row, column) => row.cells[column].textContent.trim();
  const bar = document.createElement("form");
  bar.className = "rules-filter";
  bar.addEventListener("submit", (event) => event.preventDefault());
  const labelled = (title, control) => {
    const label = document.createElement("label");
    label.append(title, control);
    bar.append(label);
    return control;
  };
  const words = labelled("Code, name or words", document.createElement("input"));
  words.type = "search";
  const chosen = [3, 4, 6].map((column) => {
    const select = labelled(table.tHead.rows[0].cells[column].textContent, document.createElement("select"));
    select.append(new Option("any", ""));
    for (const value of new Set(rows.map((row) => text(row, column)))) select.append(new Option(value, value));
    return { column, select };
  });
  const count = document.createElement("p");
  count.setAttribute("role", "status");
  const show = () => {
    const wanted = words.value.toLowerCase().split(/\s+/);
    for (const row of rows) {
      const said = row.textContent.toLowerCase();
      const fits = chosen.every(({ column, select }) => !select.value || text(row, column) === select.value);
      row.hidden = !(fits && wanted.every((word) => said.includes(word)));
    }
    count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} rules`;
  };
  bar.addEventListener("input", show);
  box.prepend(bar, count);
  show();
}

if (typeof document$ === "undefined") {
  document.addEventListener("DOMContentLoaded", addFilter);
} else {
  document$.subscribe(addFilter);
}
