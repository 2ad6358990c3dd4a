# SPDX-License-Identifier: Apache-2.0
"""The golden pages in a browser: they render, fit a phone, and have a dark form; light and dark, their text stands out from
what is behind it (WCAG 2.1, 1.4.3: a contrast of 4.5).

    chromium_test.py [--pictures FOLDER]    also writes screenshots there
"""

import html
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import tools  # noqa: E402

here = pathlib.Path(__file__).resolve().parent
browser = next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None)
if not browser:
    tools.missing("Chromium", "Debian: chromium")

# The page runs in a frame as wide as a phone or a desk; a script beside it measures what came out. The page itself has none.
MEASURE = """
<!DOCTYPE html><body><pre id="out"></pre>%s<script>
const channels = colour => colour.match(/[\d.]+/g).map(Number);
const luminance = colour => {
  const [r, g, b] = channels(colour).map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};
// A cell of a table in a chart is a rectangle with its text after it; elsewhere the nearest element with a colour is behind.
const behind = text => {
  const cell = text.previousElementSibling;
  if (text.matches('.on-dark, .on-light') && cell && cell.matches('rect')) return getComputedStyle(cell).fill;
  for (let one = text; one; one = one.parentElement) {
    const colour = getComputedStyle(one).backgroundColor, alpha = channels(colour)[3];
    if (alpha === undefined || alpha === 1) return colour;
  }
  return 'rgb(255, 255, 255)';
};
const faint = page => {
  const found = new Set();
  for (const one of page.body.querySelectorAll('*')) {
    if (![...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()) || one.closest('style, title')) continue;
    const style = getComputedStyle(one), colour = one.closest('svg') ? style.fill : style.color;
    const ratio = contrast(colour, behind(one));
    if (!(ratio >= 4.5)) found.add(`${one.tagName}.${one.getAttribute('class')}: ${colour} on ${behind(one)}: ${ratio.toFixed(2)}`);
  }
  return [...found];
};
addEventListener('load', () => {
  const results = {};
  for (const frame of document.querySelectorAll('iframe')) {
    const page = frame.contentDocument, root = page.documentElement;
    const charts = [...page.querySelectorAll('svg')].filter(chart => !chart.closest('details'));
    const texts = charts.filter(chart => !chart.closest('.wide')).flatMap(chart => [...chart.querySelectorAll('text')]);
    results[frame.id] = {
      overflow: root.scrollWidth - root.clientWidth,
      charts: charts.length,
      empty: charts.filter(chart => chart.getBoundingClientRect().height < 10).length,
      smallest_text: Math.min(...texts.map(text => text.getBoundingClientRect()).map(box => Math.min(box.height, 99)).filter(h => h > 0)),
      outside: charts.flatMap(chart => [...chart.querySelectorAll('circle')].filter(dot => {
        const inner = dot.getBoundingClientRect(), outer = chart.getBoundingClientRect();
        return inner.left < outer.left || inner.right > outer.right + 1 || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1;
      })).length,
      texts: page.body.querySelectorAll('p, li, td, th, svg text').length,
      faint: faint(page),
      background: getComputedStyle(page.body).backgroundColor,
      headings: [...page.querySelectorAll('h2')].map(heading => heading.textContent),
    };
  }
  document.getElementById('out').textContent = JSON.stringify(results);
});
</script></body>
"""
WIDTHS = {"phone": 390, "desk": 1280}


def run(page, *flags):
    with tempfile.TemporaryDirectory() as profile:
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", f"--user-data-dir={profile}", *flags, page.as_uri()],
            capture_output=True, text=True, timeout=60)  # fmt: skip
    if done.returncode != 0:
        sys.exit(f"{browser} failed on {page}: {done.stderr[-2000:]}")
    return done.stdout


def measured(text, folder, *flags):
    frames = "".join(
        f'<iframe id="{name}" style="width:{width}px;height:900px" srcdoc="{html.escape(text, quote=True)}"></iframe>'
        for name, width in WIDTHS.items()
    )
    page = pathlib.Path(folder) / "measure.html"
    page.write_text(MEASURE % frames, encoding="utf-8")
    found = re.search(r'<pre id="out">(.*?)</pre>', run(page, "--dump-dom", *flags), re.S)
    return json.loads(html.unescape(found.group(1)))


failed = []
with tempfile.TemporaryDirectory() as folder:
    for name in ("several.html", "one_priced.html"):
        text = (here / "golden" / name).read_text(encoding="utf-8")
        schemes = {"light": measured(text, folder), "dark": measured(text, folder, "--blink-settings=preferredColorScheme=0")}
        for scheme, width, page in ((scheme, width, page) for scheme, pages in schemes.items() for width, page in pages.items()):

            def expect(good, what):
                if not good:
                    failed.append(f"{name}, {scheme}, {width}: {what}: {page}")

            expect(page["overflow"] <= 0, "is wider than the window")
            expect(page["charts"] >= 5 and page["empty"] == 0, "charts are missing or empty")
            expect(page["smallest_text"] >= 9, "text of a chart is too small to read")
            expect(page["outside"] == 0, "a dot lies outside its chart")
            expect(page["texts"] > 100 and not page["faint"], "text that does not stand out")
            expect(scheme == "light" or page["background"] != schemes["light"][width]["background"], "dark and light look alike")
        if name == "several.html":
            for heading in ("How the answer was found", "Speed per kernel class", "Time against money", "Ways to buy, by utilisation",
                            "Roofline, and what a dollar buys of it", "Machines of one type", "Where the time went", "Where this comes from"):  # fmt: skip
                if heading not in schemes["light"]["phone"]["headings"]:
                    failed.append(f"{name}: section {heading!r} is missing")
        if "--pictures" in sys.argv:
            target = pathlib.Path(sys.argv[-1])
            for label, size in (("phone", "500,6000"), ("desk", "1280,5000")):
                run(here / "golden" / name, f"--screenshot={target / (name + '.' + label + '.png')}", f"--window-size={size}")
if failed:
    sys.exit("\n".join(failed))
