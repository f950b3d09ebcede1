"use strict";
// What the page can do besides being read: filter, search, copy, show all members,
// open what an address points at, change its colours. Everything else works without.
(function () {
  var words = JSON.parse(document.getElementById("_words").textContent);
  var controls = Array.from(document.querySelectorAll("details.control"));
  var form = document.getElementById("_filter");
  var query = document.getElementById("_query");

  function fill(template, values) {
    // {one|many} goes by the first number.
    return template.replace(/\{([^{}|]+)\|([^{}|]+)\}/g, function (_, one, many) {
      return values.n === 1 ? one : many;
    }).replace(/\{(\w+)\}/g, function (_, name) { return String(values[name]); });
  }

  function element(tag, kind, text) {
    var made = document.createElement(tag);
    if (kind) { made.className = kind; }
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  Array.from(document.querySelectorAll(".js")).forEach(function (e) { e.hidden = false; });

  // Members beyond the first stand in a block of data beside the list.
  var read = new WeakMap();
  function rest(list) {
    var rows = read.get(list);
    if (!rows) {
      var data = list.querySelector("script.rest");
      rows = data ? JSON.parse(data.textContent) : [];
      read.set(list, rows);
    }
    return rows;
  }

  function row(member) {
    var item = element("li");
    item.append(element("bdi", "who", member[0]));
    if (member[1]) { item.append(" ", element("bdi", "display", member[1])); }
    if (member[2]) { item.append(" ", element("span", "line", words.line + " " + member[2])); }
    return item;
  }

  // Chunks are laid out by the browser only once they come into sight, and are made
  // one a frame, so that the page stays alive.
  var chunk = 500;
  function showAll(details, button) {
    var list = details.querySelector(".list");
    var rows = rest(details), at = 0, number = details.querySelector(".rows").children.length + 1;
    var anchor = button.parentNode;
    list.classList.add("long");
    list.tabIndex = 0;
    list.setAttribute("role", "region");
    list.setAttribute("aria-label", details.querySelector("summary").textContent);
    anchor.hidden = true;
    list.focus({preventScroll: true});
    function next() {
      if (at >= rows.length) { return; }
      var part = element("ol", "rows more");
      part.start = number + at;
      rows.slice(at, at + chunk).forEach(function (m) { part.append(row(m)); });
      anchor.before(part);
      at += chunk;
      requestAnimationFrame(next);
    }
    next();
  }

  // Search.
  var texts = new Map();
  function textOf(control) {
    var text = texts.get(control);
    if (text === undefined) {
      var parts = [];
      var walker = document.createTreeWalker(control, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        var parent = walker.currentNode.parentNode;
        if (parent.nodeName !== "SCRIPT" && !parent.closest(".more, .hits")) { parts.push(walker.currentNode.data); }
      }
      text = parts.join(" ").toLowerCase();
      texts.set(control, text);
    }
    return text;
  }

  var lowered = new WeakMap();
  function memberTexts(details) {
    var list = lowered.get(details);
    if (!list) {
      list = rest(details).map(function (m) { return (m[0] + " " + m[1]).toLowerCase(); });
      lowered.set(details, list);
    }
    return list;
  }

  var maxHits = 50;
  function showHits(details, found) {
    var old = details.nextElementSibling;
    if (old && old.classList.contains("hits")) { old.remove(); }
    if (!found.length) { return; }
    var box = element("div", "hits");
    box.append(element("p", "label", fill(words.hits, {n: found.length})));
    var list = element("ol", "rows");
    found.slice(0, maxHits).forEach(function (m) { list.append(row(m)); });
    box.append(list);
    if (found.length > maxHits) { box.append(element("p", "left", fill(words.moreHits, {n: found.length - maxHits}))); }
    details.after(box);
  }

  // searchMembers shows the members of a control that fit, and says whether any do.
  function searchMembers(control, terms) {
    var any = false;
    Array.from(control.querySelectorAll("details.members")).forEach(function (details) {
      var found = [];
      if (terms.length) {
        var inline = Array.from(details.querySelectorAll(".rows:not(.more) > li"));
        inline.forEach(function (item) {
          var who = item.querySelector(".who").textContent, shown = item.querySelector(".display"), line = item.querySelector(".line");
          var text = (who + " " + (shown ? shown.textContent : "")).toLowerCase();
          if (terms.every(function (t) { return text.includes(t); })) {
            found.push([who, shown ? shown.textContent : "", line ? line.textContent.replace(/\D+/g, "") : 0]);
          }
        });
        var rows = rest(details);
        memberTexts(details).forEach(function (text, i) {
          if (terms.every(function (t) { return text.includes(t); })) { found.push(rows[i]); }
        });
      }
      any = any || found.length > 0;
      showHits(details, found);
    });
    return any;
  }

  function picked(name) {
    return new Set(Array.from(form.querySelectorAll("input[name=" + name + "]:checked"), function (e) { return e.value; }));
  }

  function apply() {
    var outcomes = picked("outcome"), severities = picked("severity");
    var step = document.getElementById("_pick-step").value;
    var hide = document.getElementById("_hide-passes").checked;
    var onlyNew = document.getElementById("_only-new");
    var terms = query.value.toLowerCase().split(/\s+/).filter(Boolean);
    var shown = 0;
    controls.forEach(function (c) {
      var d = c.dataset;
      var fits = outcomes.has(d.outcome) && severities.has(d.severity) && (!step || d.step === step) &&
        !(hide && (d.outcome === "pass" || d.outcome === "not_applicable")) &&
        !(onlyNew && onlyNew.checked && !/\b(new|changed)\b/.test(d.states));
      if (fits || !terms.length) {
        var hits = searchMembers(c, terms);
        if (fits && terms.length) {
          fits = hits || terms.every(function (t) { return textOf(c).includes(t); });
          if (hits) { c.open = true; }
        }
      }
      c.hidden = !fits;
      if (fits) { shown++; }
    });
    Array.from(document.querySelectorAll("section.step")).forEach(function (s) {
      s.hidden = !s.querySelector("details.control:not([hidden])");
    });
    document.getElementById("_nothing").hidden = shown > 0;
    // On paper as well it must be seen that something is left out.
    document.documentElement.classList.toggle("filtered", shown < controls.length);
    document.getElementById("_showing").textContent = fill(words.showing, {n: shown, total: controls.length});
  }

  var waiting = 0;
  if (form) {
    form.addEventListener("input", function (e) {
      clearTimeout(waiting);
      waiting = setTimeout(apply, e.target === query ? 150 : 0);
    });
    form.addEventListener("submit", function (e) { e.preventDefault(); apply(); });
    form.addEventListener("reset", function () { setTimeout(apply, 0); });
    document.getElementById("_expand").addEventListener("click", function () { all(true); });
    document.getElementById("_collapse").addEventListener("click", function () { all(false); });
    // A browser may have kept what was chosen before the page was loaded again.
    form.reset();
  }

  function all(open) {
    controls.forEach(function (c) { if (!c.hidden) { c.open = open; } });
  }

  // Copying.
  function copied(button, ok) {
    var usual = button.dataset.usual || button.textContent;
    button.dataset.usual = usual;
    button.textContent = ok ? words.copied : words.failed;
    setTimeout(function () { button.textContent = usual; }, 2000);
  }

  function copy(button) {
    var text = button.parentNode.querySelector(".text");
    var lines = text.querySelectorAll("p");
    var value = lines.length ? Array.from(lines, function (p) { return p.textContent; }).join("\n\n") : text.textContent;
    if (navigator.clipboard) {
      navigator.clipboard.writeText(value).then(function () { copied(button, true); }, function () { select(text); copied(button, false); });
      return;
    }
    select(text);
    copied(button, document.execCommand("copy"));
  }

  function select(node) {
    var range = document.createRange();
    range.selectNodeContents(node);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  }

  document.addEventListener("click", function (e) {
    var button = e.target.closest("button");
    if (!button) { return; }
    if (button.classList.contains("copy")) { copy(button); }
    if (button.classList.contains("show-all")) { showAll(button.closest("details"), button); }
  });

  // An address such as #BASIC-003 opens what it points at.
  function reveal() {
    var target = null;
    try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch (e) { return; }
    if (!target) { return; }
    var inside = target.closest("details.control");
    if (inside && inside.hidden && form) { form.reset(); apply(); }
    for (var d = target.closest("details"); d; d = d.parentNode.closest("details")) { d.open = true; }
    target.scrollIntoView();
    var focus = target.matches("details") ? target.querySelector("summary") : null;
    if (focus) { focus.focus({preventScroll: true}); }
  }
  addEventListener("hashchange", reveal);
  reveal();

  // Colours.
  document.getElementById("_colors").addEventListener("change", function (e) {
    if (e.target.value) { document.documentElement.dataset.theme = e.target.value; } else { delete document.documentElement.dataset.theme; }
  });

  // On paper everything is open, but for browsers that do so by style.
  var closed = [];
  addEventListener("beforeprint", function () {
    closed = Array.from(document.querySelectorAll("details:not([open])"));
    closed.forEach(function (d) { d.open = true; });
  });
  addEventListener("afterprint", function () {
    closed.forEach(function (d) { d.open = false; });
    closed = [];
  });
  document.documentElement.dataset.ready = "";
})();
