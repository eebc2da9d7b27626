'use strict';
{
  const table = document.querySelector('.clients');
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const say = document.querySelector('.tools output');
  const search = document.getElementById('search');
  const show = document.getElementById('show');
  const nobody = document.querySelector('.nobody');
  const letters = new Intl.Collator(document.documentElement.lang, {numeric: true, sensitivity: 'base'});
  const rows = [...body.rows].map((element, place) => ({
    element,
    place,
    text: element.textContent.toLowerCase(),
    keys: [...element.cells].map((cell) => cell.dataset.key ?? ''),
    groups: [...element.cells].map((cell) => cell.dataset.group ?? ''),
  }));

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // What is unknown stays last in both directions; equals keep the order of attention.
  function compare(one, other, column, isNumber, direction) {
    const [a, b] = [one.keys[column], other.keys[column]];
    if (!a || !b) return (a ? 0 : 1) - (b ? 0 : 1) || one.place - other.place;
    const apart = letters.compare(one.groups[column], other.groups[column]);
    const difference = apart || direction * (isNumber ? a - b : letters.compare(a, b));
    return difference || one.place - other.place;
  }

  function sort(head) {
    const direction = head.getAttribute('aria-sort') === 'ascending' ? -1 : 1;
    const column = heads.indexOf(head);
    rows.sort((one, other) => compare(one, other, column, head.dataset.type === 'number', direction));
    for (const one of heads) one.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', direction > 0 ? 'ascending' : 'descending');
    body.append(...rows.map((row) => row.element));
    const text = direction > 0 ? say.dataset.up : say.dataset.down;
    say.textContent = fill(text, {column: head.firstChild.textContent});
  }

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const fits = row.element.dataset.is.split(' ').includes(show.value);
      const found = fits && words.every((word) => row.text.includes(word));
      if (row.element.hidden === found) row.element.hidden = !found;
      count += found;
    }
    nobody.hidden = count > 0;
    say.textContent = fill(say.dataset.shown, {n: count, all: rows.length});
  }

  for (const head of heads) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = head.textContent;
    button.addEventListener('click', () => sort(head));
    // Browsers repeat the words of a heading on every printed page, but no buttons.
    const printed = document.createElement('span');
    printed.className = 'printed';
    printed.textContent = head.textContent;
    head.replaceChildren(button, printed);
  }
  search.addEventListener('input', filter);
  show.addEventListener('change', filter);
  document.querySelector('.tools').hidden = false;
  document.body.classList.remove('plain');
  filter();
}
