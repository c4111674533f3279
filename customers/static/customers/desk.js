// Small helps for the pages of the back office. Every page works without them, but for added rows.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  // Ours show the file's name themselves; the theme would fail for want of a text entry beside them.
  document.querySelectorAll("input.desk-file").forEach((input) => { input.hasChangeListener = true; });
  document.querySelectorAll("[data-rows]").forEach(growRows);
  document.querySelectorAll("[data-lines]").forEach(addUpLines);
  document.querySelectorAll("[data-spread]").forEach(addUpPayment);
  document.querySelectorAll("[data-tick-all]").forEach((box) => {
    box.addEventListener("change", () => {
      box.form.querySelectorAll("[name=chosen]").forEach((one) => { one.checked = box.checked; });
    });
  });
  document.querySelectorAll("form[data-by-channel]").forEach(showByChannel);
  document.querySelectorAll("form[data-look]").forEach(lookWhileTyping);
  document.querySelectorAll("[data-insert]").forEach((button) => {
    button.addEventListener("click", () => insertTag(button.dataset.insert));
  });
  document.querySelectorAll("form[data-submit-on-change]").forEach((form) => {
    form.addEventListener("change", () => form.requestSubmit());
  });
  // The preview follows what is chosen; it loads in a frame of its own.
  document.querySelectorAll("form[data-preview]").forEach((form) => {
    const button = document.querySelector(`[data-preview-button][form="${form.id}"]`);
    document.addEventListener("change", (event) => { if (event.target.form === form) form.requestSubmit(button); });
  });
  document.querySelectorAll("select[data-jump]").forEach((select) => {
    select.addEventListener("change", () => select.form.requestSubmit());
  });
});

// A form sends once; the browser's back button gives the buttons back.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  const question = event.submitter?.dataset.ask ?? event.target.dataset.ask;
  if (question && !window.confirm(question)) {
    event.preventDefault();
    return;
  }
  // What goes into a frame leaves the page standing: its buttons are needed again.
  if (event.submitter?.formTarget) return;
  window.setTimeout(() => {
    event.target.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = true; });
  });
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form button[disabled][type=submit]").forEach((button) => { button.disabled = false; });
});

// Rows of a list that is sent with a form: a template, a button to add, a button to take away.
function growRows(block) {
  const prefix = block.dataset.rows;
  const list = block.querySelector("[data-row-list]");
  const template = block.querySelector("template[data-row-template]");
  const total = block.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
  const add = block.querySelector("[data-row-add]");
  const most = Number(block.dataset.rowsMost ?? Infinity);
  const limit = () => { add.hidden = list.querySelectorAll("[data-row]:not([hidden])").length >= most; };
  limit();
  block.addEventListener("change", limit);
  add.addEventListener("click", () => {
    const holder = document.createElement(list.tagName === "TBODY" ? "tbody" : "div");
    holder.innerHTML = template.innerHTML.replaceAll("__prefix__", total.value);
    total.value = Number(total.value) + 1;
    const row = holder.firstElementChild;
    list.append(row);
    row.querySelector("input:not([type=hidden])")?.focus();
    block.dispatchEvent(new Event("change", { bubbles: true }));
  });
  block.addEventListener("click", (event) => {
    const button = event.target.closest("[data-row-remove]");
    if (!button) return;
    const row = button.closest("[data-row]");
    const mark = row.querySelector('[name$="-DELETE"]');
    if (mark) { mark.checked = true; mark.value = "on"; }
    row.hidden = true;
    block.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

function number(input) {
  const value = Number.parseFloat(input?.value);
  return Number.isFinite(value) ? value : 0;
}

// Amounts while typing are a preview; the ledger computes the real ones, taxes included.
function addUpLines(block) {
  const digits = Number(block.dataset.digits);
  const shown = block.querySelector("[data-lines-total]");
  const update = () => {
    let total = 0;
    block.querySelectorAll("[data-row]").forEach((row) => {
      if (row.hidden) return;
      const amount = number(row.querySelector('[name$="-quantity"]')) * number(row.querySelector('[name$="-unit_cost"]'));
      total += Number(amount.toFixed(digits));
      const cell = row.querySelector("[data-line-amount]");
      if (cell) cell.textContent = amount.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    });
    shown.textContent = total.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  };
  block.addEventListener("input", update);
  block.addEventListener("change", update);
  update();
}

function addUpPayment(block) {
  const digits = Number(block.dataset.digits);
  const amount = document.getElementById(block.dataset.amount);
  const fixed = Number.parseFloat(block.dataset.available);
  const rest = block.querySelector("[data-rest]");
  const update = () => {
    const hand = block.querySelector('[name="spread"]:checked')?.value === "by_hand";
    block.querySelectorAll("[data-by-hand]").forEach((part) => { part.hidden = !hand; });
    let used = 0;
    block.querySelectorAll("[data-use]").forEach((input) => { used += number(input); });
    const left = (amount ? number(amount) : fixed) - used;
    rest.textContent = left.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    rest.classList.toggle("desk-late", left < 0);
  };
  block.addEventListener("input", update);
  block.addEventListener("change", update);
  amount?.addEventListener("input", update);
  block.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    if (!button) return;
    const input = document.getElementById(button.dataset.fill);
    input.value = button.dataset.open;
    update();
  });
  update();
}

// How a message reads, shown again a moment after each change; the server composes it.
function lookWhileTyping(form) {
  const shown = document.querySelector("[data-look-shown]");
  let waiting, asked = 0;
  const look = async () => {
    const turn = ++asked;
    shown.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.look, { method: "POST", body: new FormData(form) });
      if (turn === asked && answer.ok) shown.innerHTML = await answer.text();
    } finally {
      if (turn === asked) shown.removeAttribute("aria-busy");
    }
  };
  const later = () => { window.clearTimeout(waiting); waiting = window.setTimeout(look, 400); };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
}

// Only what the chosen channel needs; a template brings its words where nobody has changed them.
function showByChannel(form) {
  const wordings = JSON.parse(document.getElementById("wordings").textContent);
  const known = (part) => Object.values(wordings).map((words) => words[part]);
  const template = () => {
    const channel = form.elements.channel.value;
    const select = form.elements[channel === "sms" ? "text_template" : "mail_template"];
    return wordings[`${channel}:${select.value}`];
  };
  const show = () => {
    const channel = form.elements.channel.value;
    form.querySelectorAll("[data-for]").forEach((part) => { part.hidden = !part.dataset.for.split(" ").includes(channel); });
    const words = template();
    for (const part of words ? ["subject", "message"] : []) {
      const field = form.elements[part];
      const said = field.value.trim();
      if (!said || known(part).some((usual) => usual.trim() === said)) field.value = words[part];
    }
  };
  for (const name of ["channel", "mail_template", "text_template"]) form.elements[name].addEventListener("change", show);
  show();
}

// Puts a variable where the writer was last.
let writing = null;
document.addEventListener("focusin", (event) => {
  if (event.target.matches("textarea, input[name=subject]")) writing = event.target;
});
function insertTag(tag) {
  const field = writing ?? document.querySelector("textarea");
  field.setRangeText(tag, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
